import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of a query as objects; whole numbers are bigints, as DuckDB has them. */
export const query = async (sql: string): Promise<Record<string, unknown>[]> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjects();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

/** A data folder as any reader of Hive-partitioned Parquet sees it. */
export const partitions = (dataDir: string): string => {
  const files = join(dataDir, 'heart_rate', '**', '*.parquet').replaceAll("'", "''");
  return `read_parquet('${files}', hive_partitioning = true)`;
};

export interface ParquetReading {
  readonly userId: string;
  readonly deviceId: string;
  readonly timestampMicros: number;
  readonly heartRate: number;
}

/** Every reading in a data folder's Parquet, the last sequence of each identity. */
export const readParquet = async (dataDir: string): Promise<ParquetReading[]> => {
  const rows = await query(`
    SELECT user_id, device_id, epoch_us("timestamp") AS micros, heart_rate
    FROM ${partitions(dataDir)}
    QUALIFY row_number() OVER (
      PARTITION BY user_id, device_id, "timestamp" ORDER BY "sequence" DESC
    ) = 1`);
  return rows.map((row) => ({
    userId: row.user_id as string,
    deviceId: row.device_id as string,
    timestampMicros: Number(row.micros),
    heartRate: row.heart_rate as number,
  }));
};
