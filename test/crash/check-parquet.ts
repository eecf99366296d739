import { readParquet } from '../storage/duckdb.ts';
import { type Ledger, minuteOf } from './ledger.ts';

/** Holds all that a stopped service left in Parquet, read by DuckDB, against what was sent. */
export const checkParquet = async (dataDir: string, ledger: Ledger): Promise<void> => {
  const found = new Map<string, Map<number, number>>();
  for (const { userId, deviceId, timestampMicros, heartRate } of await readParquet(dataDir)) {
    const series = JSON.stringify([userId, deviceId]);
    const rates = found.get(series) ?? new Map<number, number>();
    rates.set(minuteOf(timestampMicros / 1000), heartRate);
    found.set(series, rates);
  }
  for (const series of new Set([...ledger.series, ...found.keys()])) {
    ledger.check(series, found.get(series) ?? new Map());
  }
};
