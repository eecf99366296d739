import pl from 'nodejs-polars';
import { SeriesQuery } from '../query/series-query.ts';
import type { EpochDay } from '../readings/reading.ts';
import { dayRange } from '../readings/time-range.ts';
import {
  dayFolder,
  parseDayFolder,
  parsePartName,
  partitionsFolder,
} from '../storage/parquet/disk/layout.ts';
import { nodeFiles } from '../storage/parquet/disk/node-files.ts';
import { openParquetStore } from '../storage/parquet/parquet-store.ts';
import type { ReadingStore } from '../storage/reading-store.ts';
import { scanStored } from '../storage/rows/part-file.ts';
import { hasCode } from '../thrown.ts';
import { deviceAt, FoundReadings, type Source, type Target, type Unit } from './readings.ts';
import { reportingFailures } from './reporting-failures.ts';

const MIB = 1024 * 1024;

const opened = (dataDir: string): Promise<ReadingStore> =>
  openParquetStore({
    dataDir,
    flushQuietMs: 5_000,
    flushIntervalMs: 60_000,
    segmentMaxBytes: 64 * MIB,
    maxUnflushedBytes: 256 * MIB,
    observer: reportingFailures,
  });

/** Where a unit of a folder ends. */
interface Position {
  readonly day: EpochDay;
  readonly userId: string;
}

/**
 * A data folder that no service has open, day by day and in each day user by user. The users of one
 * day are in memory.
 */
export const folderSource = async (dataDir: string, oldest: EpochDay): Promise<Source> => {
  // Once closed, all of its log is in Parquet, where users can be looked up.
  await (await opened(dataDir)).close();
  const store = await opened(dataDir);
  return {
    store,
    close: () => store.close(),
    units: (after) => unitsOf(dataDir, oldest, after),
  };
};

async function* unitsOf(
  dataDir: string,
  oldest: EpochDay,
  after: string | undefined,
): AsyncGenerator<Unit> {
  const from: Position | undefined = after === undefined ? undefined : JSON.parse(after);
  const days = (await daysOf(dataDir)).filter((day) => day >= oldest);
  for (const [at, day] of days.entries()) {
    if (from !== undefined && day < from.day) continue;
    const users = await usersOf(dataDir, day);
    const done = from?.day === day ? users.indexOf(from.userId) + 1 : 0;
    for (let place = done; place < users.length; place++) {
      const userId = users[place] as string;
      const position: Position = { day, userId };
      yield {
        request: { userId, range: dayRange(day) },
        position: JSON.stringify(position),
        share: (at + (place + 1) / users.length) / days.length,
      };
    }
  }
}

const daysOf = async (dataDir: string): Promise<EpochDay[]> => {
  const names = await nodeFiles.list(partitionsFolder(dataDir));
  return names.flatMap((name) => parseDayFolder(name) ?? []).sort((a, b) => a - b);
};

/** In order; also those of whom all readings are erased. */
const usersOf = async (dataDir: string, day: EpochDay): Promise<string[]> => {
  const folder = dayFolder(dataDir, day);
  for (;;) {
    const names = (await nodeFiles.list(folder)).filter((name) => parsePartName(name));
    if (names.length === 0) return [];
    try {
      const users = names.map((name) => scanStored(`${folder}/${name}`).select('user_id').unique());
      const one = users.length === 1 ? (users[0] as pl.LazyDataFrame) : pl.concat(users);
      const all = await one.unique().sort('user_id').collect();
      return all.getColumn('user_id').toArray() as string[];
    } catch (error) {
      // Merged into another meanwhile: then there are other names.
      const left = new Set(await nodeFiles.list(folder));
      if (names.every((name) => left.has(name)) && !hasCode(error, 'ENOENT')) throw error;
    }
  }
};

/** A data folder of which nobody else knows yet. */
export const folderTarget = async (dataDir: string): Promise<Target> => {
  const store = await opened(dataDir);
  const query = new SeriesQuery(store, []);
  return {
    store,
    isAlone: true,
    async close() {
      await query.close();
      await store.close();
    },
    async read(request) {
      const found = new FoundReadings();
      for await (const piece of query.readings(request)) {
        for (const [row, micros] of piece.timestampsMicros.entries()) {
          const heartRate = piece.heartRates[row] as number;
          found.add(deviceAt(piece, row), micros, { heartRate, isAcceptedHere: false });
        }
      }
      return found;
    },
    write: (batch) => store.append(batch),
  };
};
