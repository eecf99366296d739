import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Erasure } from '../../src/readings/erasure.ts';
import type { Reading } from '../../src/readings/reading.ts';
import { ReadingBatch } from '../../src/readings/reading-batch.ts';
import { dayOf, parseTimestamp } from '../../src/readings/timestamp.ts';
import { partitionsFolder } from '../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import {
  openParquetStore,
  type ParquetStoreOptions,
} from '../../src/storage/parquet/parquet-store.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import type { ReadingStore, ScanRequest } from '../../src/storage/reading-store.ts';
import type { StoreObserver } from '../../src/storage/store-observer.ts';
import { collected } from './collected.ts';
import { copyAtOneInstant } from './folder-copy.ts';
import { temporaryFolder } from './temporary-folder.ts';

type StoreEvents = { [Name in keyof StoreObserver]: Parameters<StoreObserver[Name]>[0][] };

/** What a store told, by the name of the observer's method, in order. */
export const recordingObserver = (): { observer: StoreObserver; events: StoreEvents } => {
  const byName: Record<string, unknown[]> = {};
  const eventsOf = (name: string): unknown[] => {
    byName[name] ??= [];
    return byName[name];
  };
  const get = (_: object, name: string) => (event: unknown) => eventsOf(name).push(event);
  return {
    observer: new Proxy({}, { get }) as StoreObserver,
    events: new Proxy({}, { get: (_, name: string) => eventsOf(name) }) as StoreEvents,
  };
};

/** Each commit closes its segment, which is flushed at once. */
export const FLUSH_EVERY_COMMIT = { segmentMaxBytes: 1 };

export interface OpenedStore {
  readonly store: ReadingStore;
  readonly events: StoreEvents;
}

/**
 * The real store, which does its jobs in this thread and, unless told otherwise, writes Parquet
 * only when it is closed, and reads all that is in Parquet from there.
 */
export const openStore = async (
  dataDir: string,
  overrides: Partial<ParquetStoreOptions> = {},
): Promise<OpenedStore> => {
  const { observer, events } = recordingObserver();
  const store = await openParquetStore({
    dataDir,
    observer,
    flushQuietMs: 3_600_000,
    flushIntervalMs: 3_600_000,
    segmentMaxBytes: 64 * 1024 * 1024,
    maxUnflushedBytes: 256 * 1024 * 1024,
    expiryIntervalMs: 0,
    jobs: inlineJobs(overrides.files ?? nodeFiles),
    ...overrides,
  });
  return { store, events };
};

export const flushed = (store: ReadingStore): Promise<void> =>
  until('all is in Parquet', () => store.health().unflushedReadings === 0);

/** The parts on disk, as paths from the folder of days. */
export const partNames = async (dataDir: string): Promise<string[]> => {
  const folder = partitionsFolder(dataDir);
  const names: string[] = [];
  for (const day of await readdir(folder)) {
    // A day may go while this looks.
    for (const name of await nodeFiles.list(join(folder, day))) names.push(join(day, name));
  }
  return names.filter((name) => name.endsWith('.parquet')).sort();
};

/** A copy of a folder as it is on disk now: what a process that dies now leaves to the next. */
export const leftBehind = async (dataDir: string): Promise<string> => {
  const copy = join(await temporaryFolder(), 'data');
  await copyAtOneInstant(dataDir, copy);
  return copy;
};

/** A reading at an ISO timestamp, or at a number of microseconds since the epoch. */
export const reading = (
  userId: string,
  deviceId: string,
  at: string | number,
  heartRate: number,
): Reading => {
  const timestampMicros = typeof at === 'number' ? at : parseTimestamp(at);
  if (timestampMicros === undefined) throw new Error(`${at} is no timestamp`);
  return { userId, deviceId, timestampMicros, heartRate } as Reading;
};

export const append = (store: ReadingStore, ...readings: readonly Reading[]): Promise<void> =>
  store.append(ReadingBatch.of(...readings));

/** `[device, microseconds, heart rate]` */
export type Row = readonly [string, number, number];

export const byTimeAndDevice = (a: Row, b: Row): number =>
  a[1] - b[1] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

/** All of time, for {@link rowsOf}. */
export const EVER = { start: '1970-01-01T00:00:00Z', end: '2199-12-31T23:59:59.999999Z' };

export const scanRequest = (
  userId: string,
  { start, end }: { start: string; end: string } = EVER,
  deviceId?: string,
): ScanRequest => {
  const range = {
    startMicros: reading('', '', start, 0).timestampMicros,
    endMicros: reading('', '', end, 0).timestampMicros,
  };
  return deviceId === undefined ? { userId, range } : { userId, range, deviceId };
};

interface ScannedRow {
  readonly device_id: string;
  readonly timestamp: number;
  readonly heart_rate: number;
  readonly sequence: number;
}

/**
 * The readings that a scan finds, each identity once, its last value. The identity is resolved
 * here in plain loops, and what a scan promises of days, clipping and `distinct` is checked.
 */
export const rowsOf = async (
  store: Pick<ReadingStore, 'scan'>,
  request: ScanRequest,
): Promise<Row[]> => {
  const winners = new Map<string, ScannedRow>();
  let lastDay = -1;
  for await (const scan of store.scan(request)) {
    const { day, distinct } = scan;
    expect(day).toBeGreaterThan(lastDay);
    lastDay = day;
    const rows = (await collected(scan)).toRecords() as unknown as ScannedRow[];
    const identities = new Set<string>();
    for (const row of rows) {
      const { device_id, timestamp, sequence } = row;
      expect(dayOf(timestamp as Reading['timestampMicros'])).toBe(day);
      expect(timestamp).toBeGreaterThanOrEqual(request.range.startMicros);
      expect(timestamp).toBeLessThan(request.range.endMicros);
      const identity = JSON.stringify([device_id, timestamp]);
      identities.add(identity);
      const winner = winners.get(identity);
      if (winner === undefined || winner.sequence <= sequence) winners.set(identity, row);
    }
    if (distinct) expect(identities.size).toBe(rows.length);
  }
  return [...winners.values()]
    .map((row): Row => [row.device_id, row.timestamp, row.heart_rate])
    .sort(byTimeAndDevice);
};

/** What was accepted, kept the plain way: the last value of each identity. */
export class AcceptedReadings {
  readonly #byIdentity = new Map<string, Reading>();

  add(...readings: readonly Reading[]): void {
    for (const one of readings) {
      const { userId, deviceId, timestampMicros } = one;
      this.#byIdentity.set(JSON.stringify([userId, deviceId, timestampMicros]), one);
    }
  }

  /** How many readings it covers. */
  erase({ userId, deviceId, range }: Erasure): number {
    const voided = [...this.#byIdentity].filter(([, one]) => {
      if (one.userId !== userId) return false;
      if (deviceId !== undefined && one.deviceId !== deviceId) return false;
      const t = one.timestampMicros;
      return range === undefined || (range.startMicros <= t && t < range.endMicros);
    });
    for (const [identity] of voided) this.#byIdentity.delete(identity);
    return voided.length;
  }

  get all(): readonly Reading[] {
    return [...this.#byIdentity.values()];
  }

  get users(): readonly string[] {
    return [...new Set(this.all.map((one) => one.userId))];
  }

  /** What {@link rowsOf} must find. */
  rows({ userId, deviceId, range }: ScanRequest): Row[] {
    return this.all
      .filter((one) => one.userId === userId)
      .filter((one) => deviceId === undefined || one.deviceId === deviceId)
      .filter(({ timestampMicros: t }) => t >= range.startMicros && t < range.endMicros)
      .map((one): Row => [one.deviceId, one.timestampMicros, one.heartRate])
      .sort(byTimeAndDevice);
  }
}

/** Waits until a condition holds; fails when it takes too long. */
export const until = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 10_000,
) => {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) expect.fail(`waited in vain until ${what}`);
    await sleep(5);
  }
};
