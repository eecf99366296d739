import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HEART_RATE = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));
const FIXTURE = fileURLToPath(new URL('../../fixtures/data-v1', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs what `npm run verify` runs. */
const verify = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile(
      process.execPath,
      [HEART_RATE, 'verify', ...args],
      options,
      (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });

const brokenFolder = async (): Promise<string> => {
  const dataDir = join(await temporaryFolder(), 'data');
  await cp(FIXTURE, dataDir, { recursive: true });
  await writeFile(join(dataDir, 'wal', '0000000000000018.jsonl'), 'nonsense\n');
  return dataDir;
};

describe('verify', () => {
  it('ends with 0 when all is well, and says what it looked at', async () => {
    const { code, stdout, stderr } = await verify([FIXTURE]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${FIXTURE}:
  log      2 segments, 3 records, 5 readings
  Parquet  2 days, 4 parts, 11 rows

note    wal/0000000000000014.jsonl, byte 188: the erasure with sequence 17 is not carried out everywhere [erasure-pending]
0 findings, 1 note
`);
  });

  it('ends with 1 when something is wrong, and says where', async () => {
    const { code, stdout } = await verify([], { DATA_DIR: await brokenFolder() });
    expect(code).toBe(1);
    expect(stdout).toContain(
      'FINDING wal/0000000000000018.jsonl, byte 0: 9 bytes: no checksum at its beginning [record-damaged]\n',
    );
    expect(stdout).toContain('\n1 finding, 1 note\n');
  });

  it('prints one JSON object when asked to', async () => {
    const dataDir = await brokenFolder();
    const { code, stdout } = await verify(['--json', dataDir]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      dataDir,
      checked: { segments: 2, records: 2, readings: 3, days: 2, parts: 4, rows: 11 },
      findings: [
        {
          code: 'record-damaged',
          file: 'wal/0000000000000018.jsonl',
          offset: 0,
          cause: '9 bytes: no checksum at its beginning',
        },
      ],
      notes: [expect.objectContaining({ code: 'erasure-pending' })],
    });
  });

  it.each([
    ['an unknown option', ['--nope'], /unknown option '--nope'/],
    ['two folders', ['one', 'two'], /too many arguments/],
    ['a folder that is not there', ['/not/there'], /Cannot check \/not\/there: ENOENT/],
    ['a file', [HEART_RATE], /is no folder/],
  ])('ends with 2 for %s', async (_, args, message) => {
    const { code, stdout, stderr } = await verify(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('explains itself', async () => {
    const { code, stdout } = await verify(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: heart-rate verify /);
  });
});
