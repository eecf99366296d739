import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

test.each(['package.json', 'client/package.json'])('%s names exact versions', async (file) => {
  const text = await readFile(new URL(`../${file}`, import.meta.url), 'utf8');
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Record<
    string,
    Record<string, string>
  >;
  const versions = Object.entries({ ...dependencies, ...devDependencies });
  expect(versions.filter(([, version]) => !EXACT.test(version))).toEqual([]);
});
