import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Reading } from '../../src/readings/reading.ts';
import { formatDay } from '../../src/readings/timestamp.ts';
import { AcceptedReadings, append, openStore, reading } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { partitions, query, readParquet } from './duckdb.ts';

const MIDNIGHT = 1_705_363_200_000_000;
const USERS = ['ann', 'bob', "o'neill", 'ü😀', '../x', 'date=1'];

/** Days of readings of several devices, with late, repeated and conflicting ones among them. */
const fill = async (dataDir: string): Promise<AcceptedReadings> => {
  const accepted = new AcceptedReadings();
  for (let restart = 0; restart < 3; restart++) {
    const { store } = await openStore(dataDir, { segmentMaxBytes: 20_000 });
    for (let i = 0; i < 12; i++) {
      const batch = Array.from({ length: 100 }, (_, k): Reading => {
        const n = restart * 1200 + i * 100 + k;
        const user = USERS[n % USERS.length] as string;
        const micros = MIDNIGHT + ((n * 7919) % 500) * 700_000_001 - 170_000_000_000;
        return reading(user, `device_${n % 2}`, micros, 30 + ((n * 31) % 1900) / 10);
      });
      accepted.add(...batch);
      await append(store, ...batch);
    }
    await store.close();
  }
  return accepted;
};

const ordered = (readings: readonly Reading[]): string[] =>
  readings
    .map((one) => JSON.stringify([one.userId, one.deviceId, one.timestampMicros, one.heartRate]))
    .sort();

it('reads the folder as it is, and agrees row for row with what was accepted', async () => {
  const dataDir = await temporaryFolder();
  const accepted = await fill(dataDir);
  // What an interrupted flush leaves behind must not disturb a reader.
  const leftover = join(dataDir, 'heart_rate', 'date=2024-01-16', '.part-1-2.parquet.tmp');
  await writeFile(leftover, 'half a part');

  const found = await readParquet(dataDir);
  expect(ordered(found as Reading[])).toEqual(ordered(accepted.all));

  const [files] = await query(`SELECT count(DISTINCT filename) AS files, count(*) AS rows
    FROM read_parquet('${dataDir}/heart_rate/**/*.parquet', filename = true)`);
  // Else there would have been nothing to resolve between parts.
  expect(Number(files?.files)).toBeGreaterThan(5);
  expect(Number(files?.rows)).toBeGreaterThan(accepted.all.length);
});

it('sees the types that the layout promises', async () => {
  const dataDir = await temporaryFolder();
  await fill(dataDir);
  const columns = await query(`DESCRIBE SELECT * FROM ${partitions(dataDir)}`);
  expect(columns.map((column) => [column.column_name, column.column_type])).toEqual([
    ['user_id', 'VARCHAR'],
    ['device_id', 'VARCHAR'],
    ['timestamp', 'TIMESTAMP WITH TIME ZONE'],
    ['heart_rate', 'DOUBLE'],
    ['sequence', 'BIGINT'],
    ['date', 'DATE'],
  ]);
});

it('finds every reading in the folder of its own UTC day', async () => {
  const dataDir = await temporaryFolder();
  const accepted = await fill(dataDir);
  const days = await query(`
    SELECT date::VARCHAR AS folder, ("timestamp" AT TIME ZONE 'UTC')::DATE::VARCHAR AS day,
      count(DISTINCT (user_id, device_id, "timestamp")) AS readings
    FROM ${partitions(dataDir)} GROUP BY ALL ORDER BY ALL`);
  const expected = new Map<string, bigint>();
  for (const { timestampMicros } of accepted.all) {
    const day = formatDay(Math.floor(timestampMicros / 86_400_000_000) as never);
    expected.set(day, (expected.get(day) ?? 0n) + 1n);
  }
  expect(days).toEqual(
    [...expected].sort().map(([day, readings]) => ({ folder: day, day, readings })),
  );
  expect(expected.size).toBeGreaterThan(3);
});

it('sees microseconds, the first and the last instant, and every digit of a decimal', async () => {
  const dataDir = await temporaryFolder();
  const { store } = await openStore(dataDir);
  const readings = [
    reading('ann', 'a', '1970-01-01T00:00:00Z', 30),
    reading('ann', 'a', '1970-01-01T00:00:00.000001Z', 220),
    reading('ann', 'a', '2024-02-29T23:59:59.999999Z', 72.12345678901235),
    reading('ann', 'a', '2199-12-31T23:59:59.999999Z', 0.1 + 99.9 + 0.2),
  ];
  await append(store, ...readings);
  await store.close();
  expect(ordered((await readParquet(dataDir)) as Reading[])).toEqual(ordered(readings));
  const [text] = await query(`SELECT strftime("timestamp" AT TIME ZONE 'UTC', '%c.%f') AS text
    FROM ${partitions(dataDir)} WHERE date = '2024-02-29'`);
  expect(text).toEqual({ text: '2024-02-29 23:59:59.999999' });
});
