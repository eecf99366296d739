import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zipEntries } from '../../../src/import/input/zip-entries.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeZip } from '../made-files.ts';

test.each(['../../evil.json', '/tmp/evil.json', 'C:\\\\evil.json', 'a\\..\\..\\evil.json'])(
  'an archive with an entry that is called %s is refused, and nothing is written',
  async (name) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'made.zip');
    // Of the same length, as what makes archives refuses the name itself.
    const harmless = 'x'.repeat(name.length);
    const zip = await readFile(await writeZip(path, { [harmless]: '[]' }));
    await writeFile(path, zip.toString('latin1').replaceAll(harmless, name), 'latin1');
    const read = async () => {
      for await (const entry of zipEntries(path)) expect.fail(entry.name);
    };
    await expect(read()).rejects.toThrow(/^The archive is damaged: (invalid|absolute) /);
    expect(await readdir(folder)).toEqual(['made.zip']);
  },
);
