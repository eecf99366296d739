import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createHeartRateClient, type Reading } from '../../client/src/index.ts';
import { exportReadings } from '../../src/cli/export/export-readings.ts';
import { importFiles } from '../../src/cli/import/import-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestServer } from '../support/test-server.ts';

const USER = 'user "1", – ünïcode = / ? 😀';
const DEVICES = [
  'device_a',
  '=cmd|calc, "quoted"',
  'strap;\u00a0',
  "+o'clock",
  '小米',
  '-1',
  ' lead',
  // Elsewhere a byte order mark, here another device than the next one.
  '\ufeffx',
  'x',
];
const START_MS = Date.UTC(2024, 9, 27);

/** Instants to the microsecond, and values of which each bit counts. */
const readingsOf = (): Reading[] =>
  Array.from({ length: 7_000 }, (_, i) => ({
    user_id: USER,
    device_id: DEVICES[i % DEVICES.length] ?? '',
    timestamp: new Date(START_MS + i * 7_321)
      .toISOString()
      .replace('Z', `${String(i % 1000).padStart(3, '0')}Z`),
    heart_rate: i % 3 === 0 ? 60 + (i % 100) : 30 + (190 * ((i * 7919) % 6_700)) / 6_701,
  }));

const RANGE = { start: '2024-10-01T00:00:00Z', end: '2024-12-01T00:00:00Z' };

/** Everything that the service tells of a person, as text. */
const everythingOf = async (url: string): Promise<string[]> => {
  const query = new URLSearchParams({ user_id: USER, ...RANGE });
  const paths = [
    `/metrics/heart-rate?${query}&include=stats`,
    `/metrics/heart-rate?${query}&interval=1d&include=stats`,
    `/metrics/heart-rate/devices?${query}`,
    ...DEVICES.map(
      (id) => `/metrics/heart-rate?${query}&${new URLSearchParams({ device_id: id })}`,
    ),
    `/metrics/heart-rate/export?${new URLSearchParams({ user_id: USER })}`,
  ];
  return Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).text()));
};

let source: Awaited<ReturnType<typeof openTestServer>>;
beforeAll(async () => {
  source = await openTestServer();
  const client = createHeartRateClient({ baseUrl: source.url });
  await client.ingestBatch(readingsOf());
  return () => source.close();
});

beforeEach(() => {
  for (const output of [process.stdout, process.stderr]) {
    vi.spyOn(output, 'write').mockReturnValue(true);
  }
  return () => vi.restoreAllMocks();
});

test.each(['ndjson', 'csv', 'parquet', 'fhir'])(
  'export as %s, import into an empty service: the same to the last bit, also when repeated',
  async (format) => {
    const target = await openTestServer();
    const output = join(await temporaryFolder(), 'export');
    expect(await exportReadings({ url: source.url, user: USER, format, output })).toBe(0);
    const before = await readFile(output);
    const expected = await everythingOf(source.url);
    expect(JSON.parse(expected[0] ?? '').count).toBeGreaterThan(800);
    for (const _ of ['once', 'again']) {
      expect(await importFiles([output], { user: USER, url: target.url })).toBe(0);
      expect(await everythingOf(target.url)).toEqual(expected);
    }
    const back = `${output}.back`;
    await exportReadings({ url: target.url, user: USER, format, output: back });
    expect((await readFile(back)).equals(before)).toBe(true);
    await target.close();
  },
);
