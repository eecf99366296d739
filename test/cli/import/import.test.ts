import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { ServiceProcess } from '../../crash/service-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { heartRate, startHeartRate } from '../heart-rate.ts';

vi.setConfig({ testTimeout: 120_000 });

const START_MS = Date.UTC(2024, 0, 15);
const ROWS = 100_000;
const BATCH_ROWS = 5_000;

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/import/${name}`, import.meta.url));

const newService = async (environment: Record<string, string> = {}) => {
  const folder = await temporaryFolder();
  const service = new ServiceProcess(join(folder, 'data'), environment);
  return { folder, service, url: await service.ready() };
};

/** The body of the hourly series with its sample counts, which tells of every lost reading. */
const seriesOf = async (url: string, user = 'user_123'): Promise<string> => {
  const range = 'start=2023-12-01T00:00:00Z&end=2024-12-01T00:00:00Z&interval=1h&include=stats';
  return (await fetch(`${url}/metrics/heart-rate?user_id=${user}&${range}`)).text();
};

/** One reading a second; every thousandth is none. */
const largeTable = async (folder: string): Promise<string> => {
  const path = join(folder, 'large.csv');
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const time = new Date(START_MS + i * 1000).toISOString();
    return `${time},${i % 1000 === 999 ? 0 : 60 + (i % 90)},strap\n`;
  });
  await writeFile(path, `timestamp,bpm,device\n${rows.join('')}`);
  return path;
};

const args = (url: string, ...others: string[]): string[] => [
  'import',
  ...others,
  '--user',
  'user_123',
  '--url',
  url,
];

const untilExists = async (path: string): Promise<void> => {
  while (!existsSync(path)) await sleep(5);
};

const expectWhole = async (url: string, path: string): Promise<void> => {
  const { data } = JSON.parse(await seriesOf(url)) as { data: { sample_count: number }[] };
  const stored = data.reduce((sum, { sample_count }) => sum + sample_count, 0);
  expect(stored).toBe(ROWS - ROWS / 1000);
  const rejected = (await readFile(`${path}.rejected.ndjson`, 'utf8')).trimEnd().split('\n');
  expect(rejected).toHaveLength(ROWS / 1000);
  expect(JSON.parse(rejected[0] ?? '')).toEqual({
    input: path,
    place: 'line 1001',
    reason: 'its heart rate must be a number from 30 to 220, not "0"',
    row: { timestamp: '2024-01-15T00:16:39.000Z', bpm: '0', device: 'strap' },
  });
  // Each row stands in it once.
  expect(new Set(rejected).size).toBe(ROWS / 1000);
  expect(existsSync(`${path}.import-state.json`)).toBe(false);
};

test('files of several forms, and again: the same series to the byte', async () => {
  const { url, folder } = await newService();
  const files = ['apple-export.xml', 'heart_rate-2024-01-15.json', 'samsung.csv'];
  const copies: string[] = [];
  for (const file of files) {
    const copy = join(folder, file);
    await writeFile(copy, await readFile(fixture(file)));
    copies.push(copy);
  }
  const first = await heartRate(...args(url, ...copies));
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toBe(
    `${copies[0]} (apple-health): 2 readings stored\n  2 rows rejected: ${copies[0]}.rejected.ndjson\n` +
      `${copies[1]} (fitbit): 2 readings stored\n  1 row rejected: ${copies[1]}.rejected.ndjson\n` +
      `${copies[2]} (samsung-health): 2 readings stored\n`,
  );
  const series = await seriesOf(url);
  expect(JSON.parse(series)).toMatchObject({ count: 4 });
  const again = await heartRate(...args(url, ...copies, '--json'));
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(again.stdout).files).toEqual([
    expect.objectContaining({ result: expect.objectContaining({ stored: 2, rejected: 2 }) }),
    expect.objectContaining({ result: expect.objectContaining({ stored: 2, rejected: 1 }) }),
    expect.objectContaining({ result: expect.objectContaining({ stored: 2, rejected: 0 }) }),
  ]);
  expect(await seriesOf(url)).toBe(series);
});

test.each(['SIGKILL', 'SIGINT'] as const)('%s in the middle, then --resume', async (signal) => {
  const { url, folder } = await newService();
  const path = await largeTable(folder);
  const { child, ended } = startHeartRate(...args(url, path));
  await untilExists(`${path}.import-state.json`);
  child.kill(signal);
  const { code, stderr } = await ended;
  expect(code).toBe(signal === 'SIGINT' ? 1 : null);
  if (signal === 'SIGINT') expect(stderr).toMatch(/It was interrupted\..* --resume goes on/);
  const { rows } = JSON.parse(await readFile(`${path}.import-state.json`, 'utf8'));
  expect(rows).toBeGreaterThanOrEqual(BATCH_ROWS);
  expect(rows).toBeLessThan(ROWS);

  const resumed = await heartRate(...args(url, path, '--resume', '--json'));
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  const [{ result }] = JSON.parse(resumed.stdout).files;
  expect(result.resumedAfter).toBe(rows);
  expect(result.rows).toBe(ROWS);
  await expectWhole(url, path);
});

test('a service that is killed in the middle: exit code 1, and nothing is lost', async () => {
  const first = await newService();
  const path = await largeTable(first.folder);
  const { ended } = startHeartRate(...args(first.url, path));
  await untilExists(`${path}.import-state.json`);
  await first.service.kill();
  const { code, stdout, stderr } = await ended;
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/No response in 5 attempts.*--resume goes on from there\.\n$/);
  const { port } = new URL(first.url);
  const again = new ServiceProcess(join(first.folder, 'data'), { PORT: port });
  const url = await again.ready();
  const other = await heartRate(...args(url, path, '--resume', '--device', 'other'));
  expect(other).toMatchObject({ code: 2, stdout: '' });
  expect(other.stderr).toContain('is of another file or of other options');
  expect(await heartRate(...args(url, path, '--resume'))).toMatchObject({ code: 0, stderr: '' });
  await expectWhole(url, path);
});

test('no service at all: exit code 1, and the file is as it was', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'readings.csv');
  await writeFile(path, await readFile(fixture('readings.csv')));
  const { mtimeMs } = await stat(path);
  const { code, stdout, stderr } = await heartRate(...args('http://127.0.0.1:1', path));
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('No response in 5 attempts');
  expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  expect(existsSync(`${path}.rejected.ndjson`)).toBe(false);
});

test('of several files the worst outcome decides', async () => {
  const { url, folder } = await newService();
  const good = join(folder, 'good');
  await writeFile(good, await readFile(fixture('readings.csv')));
  const unknown = join(folder, 'unknown');
  await writeFile(unknown, 'prose');
  const { code, stdout, stderr } = await heartRate(...args(url, unknown, good));
  expect(code).toBe(2);
  expect(stdout).toBe(`${good} (csv): 2 readings stored\n`);
  expect(stderr).toBe(`${unknown}: It is of no known form; --format says which it is.\n`);
});
