import type { DevicePriority } from '../readings/device-priority.ts';
import type { EpochDay, EpochMicros, TimeRange } from '../readings/reading.ts';
import { dayRange, duration, intersection, isInRange } from '../readings/time-range.ts';
import type { ReadingStore, ScannedDay, ScanRequest } from '../storage/reading-store.ts';
import { joinedSource, type RowsSource } from '../storage/rows/rows-source.ts';
import { ClientGoneError } from './client-gone.ts';
import { type Days, dayRuns, RunLength } from './day-runs.ts';
import { type DeviceOrder, deviceComparison, deviceOrder } from './device-order.ts';
import { explained, withShares } from './explained.ts';
import type { ReadingsPiece } from './export/readings-piece.ts';
import { storedReadings } from './export/stored-readings.ts';
import { type LatestReading, type LatestRequest, latestReading } from './latest-reading.ts';
import { joinedCells } from './local/join-cells.ts';
import { LocalBuckets } from './local/local-buckets.ts';
import type { Zone } from './local/zone-offsets.ts';
import { readAhead } from './read-ahead.ts';
import { collecting, readDays } from './read-days.ts';
import type { VersionedRead } from './read-versions.ts';
import { runReader } from './reader/read-runs.ts';
import type { RunReader } from './reader/run-reader.ts';
import { type CacheShare, SeriesCache } from './series-cache.ts';
import type { SeriesPiece } from './series-piece.ts';
import { type Contest, type Interval, wholeBuckets } from './series-plan.ts';
import { inStretches, withBuckets } from './stretches.ts';
import { type DeviceSummary, type DevicesRequest, userDevices } from './user-devices.ts';

export interface SeriesRequest {
  readonly userId: string;
  /** Half-open. Readings outside it are left out before the buckets are filled. */
  readonly range: TimeRange;
  /** Only this device, without any priority. */
  readonly deviceId?: string;
  /** The width of a bucket. */
  readonly interval: Interval;
  /** By whose local time buckets are cut; without it they are aligned to the epoch. */
  readonly zone?: Zone;
  /** Whether each bucket comes with the devices that reported in it. */
  readonly explains?: boolean;
  /**
   * `timestamp`: where devices report the same instant, the best one's reading is used.
   * `bucket`: only the best device that reported in a bucket counts there.
   */
  readonly priorityScope: 'timestamp' | 'bucket';
}

/** A user's heart rate in buckets of time: the one place where readings are merged. */
export class SeriesQuery {
  readonly #store: ReadingStore;
  readonly #reader: RunReader;
  readonly #compareDevices: (a: string, b: string) => number;
  readonly #cache = new SeriesCache();

  /** Reads in the thread it is called from, unless it is given another way. */
  constructor(
    store: ReadingStore,
    priorities: readonly DevicePriority[],
    openReader: (order: DeviceOrder) => RunReader = runReader,
  ) {
    this.#store = store;
    const order = deviceOrder(priorities);
    this.#reader = openReader(order);
    this.#compareDevices = deviceComparison(order);
  }

  /**
   * The buckets of the range that hold a reading, ascending, some days' at a time while others are
   * read; none of the pieces is empty. The same readings give the same rows to the last bit, however
   * they arrived and wherever they are kept.
   * Days that cannot be read are read again without what the store finds damaged in them. Rejects
   * when that does not help, with whatever the scan rejects with, and with
   * {@link ClientGoneError} once `signal` is aborted: no further run of days is read then. Files that are read stay on disk until
   * it has ended, so it must be taken to its end or ended by `return()`. `read` learns what was read.
   */
  run(
    request: SeriesRequest,
    signal?: AbortSignal,
    read?: VersionedRead,
  ): AsyncGenerator<readonly SeriesPiece[]> {
    const { zone, ...asked } = request;
    const ruling = { contest: contestOf(asked), compareDevices: this.#compareDevices };
    const buckets = zone && new LocalBuckets(zone, asked.interval, asked.range);
    const interval = buckets?.cells ?? asked.interval;
    const isJoined = interval !== asked.interval;
    let runs = this.#runs({ ...asked, interval, withSums: isJoined }, signal, read);
    if (buckets !== undefined && isJoined) runs = joinedCells(runs, { buckets, ...ruling });
    return readAhead(asked.explains === true ? explained(runs, ruling) : runs);
  }

  /** Lets go of what is remembered of a user, who has been erased. */
  forget(userId: string): void {
    this.#cache.forget(keyPrefix(userId));
  }

  /**
   * The most recent reading, or undefined when there is none: of the same instant the best device's,
   * the value it sent last. Looks at the newest days first, and no further than it has to.
   * Rejects as {@link run} does when a day cannot be read or `signal` is aborted.
   */
  latest(
    request: LatestRequest,
    signal?: AbortSignal,
    read?: VersionedRead,
  ): Promise<LatestReading | undefined> {
    return latestReading(this.#store, this.#reader, request, { signal, versions: read });
  }

  /**
   * The devices that have readings of the user in the range, by id. Rejects as {@link run} does
   * when a day cannot be read or `signal` is aborted.
   */
  devices(request: DevicesRequest, signal?: AbortSignal): Promise<DeviceSummary[]> {
    return userDevices(this.#store, this.#reader, request, signal);
  }

  /** The readings themselves, of all devices; see {@link storedReadings}. */
  readings(request: ScanRequest, signal?: AbortSignal): AsyncGenerator<ReadingsPiece> {
    return storedReadings(this.#store, this.#reader, request, signal);
  }

  /** Queries that are under way may fail, and none may follow. */
  close(): Promise<void> {
    return this.#reader.close();
  }

  async *#runs(
    request: CellsRequest,
    signal?: AbortSignal,
    read?: VersionedRead,
  ): AsyncGenerator<readonly SeriesPiece[]> {
    const length = new RunLength();
    let isEmpty = true;
    const share = this.#cache.share();
    const scanned = scanRequestOf(request);
    for await (const found of dayRuns(this.#store.scan(scanned), length)) {
      if (signal?.aborted) throw new ClientGoneError();
      const merge = async (days: Days) => {
        const plain = await this.#merged({ request, days, share });
        const merged = await this.#explained(plain, request, days);
        for (const day of days) read?.saw(day);
        return merged;
      };
      const pieces = (await readDays(this.#store, scanned, found, merge)) ?? [];
      length.hasRead(found.length, readingsIn(pieces));
      isEmpty &&= pieces.length === 0;
      yield pieces;
    }
    if (!isEmpty) read?.end();
  }

  /** With what each device has, when that is asked for; nothing of it is remembered. */
  async #explained(
    pieces: SeriesPiece[],
    request: CellsRequest,
    days: Days,
  ): Promise<SeriesPiece[]> {
    if (request.explains !== true) return pieces;
    const source = sourceOf(days);
    const { interval } = request;
    const cells = await collecting.run(() => this.#reader.explain({ source, interval }));
    return withShares(pieces, cells);
  }

  /** What is known of the days, with what changed since and what is not known read with one plan. */
  async #merged({ request, days, share }: Run): Promise<SeriesPiece[]> {
    const piecesOf = new Map<ScannedDay, readonly SeriesPiece[]>();
    const unknown: ScannedDay[] = [];
    for (const scan of days) {
      const known = await this.#known(scan, request);
      if (known === undefined) unknown.push(scan);
      else piecesOf.set(scan, known);
    }
    for (const [scan, read] of await this.#readWhole(unknown, request)) piecesOf.set(scan, read);
    const pieces: SeriesPiece[] = [];
    for (const scan of days) {
      const ofDay = piecesOf.get(scan) ?? [];
      share.keep(keyOf(request, scan.day), { version: scan.version, pieces: ofDay });
      pieces.push(...ofDay);
    }
    return pieces;
  }

  /** What is remembered of a day, with the buckets that changed since worked out anew. */
  async #known(
    scan: ScannedDay,
    request: CellsRequest,
  ): Promise<readonly SeriesPiece[] | undefined> {
    const known = this.#cache.get(keyOf(request, scan.day));
    if (known === undefined) return undefined;
    const changes = scan.changesSince(known.version);
    if (changes === 'unknown') return undefined;
    if (changes === 'none') return known.pieces;
    const buckets = wholeBuckets(changes, request.interval);
    // To look for some rows of a day costs more than to read it, so it must be worth it.
    if (duration(buckets) > duration(rangeOnDay(request, scan.day)) / 2) return undefined;
    const changed = await this.#read(scan.source(buckets), scan.distinct, request);
    return withBuckets(known.pieces, buckets, changed);
  }

  async #readWhole(
    days: readonly ScannedDay[],
    request: CellsRequest,
  ): Promise<[ScannedDay, SeriesPiece[]][]> {
    const [first, ...others] = days;
    if (first === undefined) return [];
    const source = sourceOf([first, ...others]);
    const distinct = days.every((scan) => scan.distinct);
    const pieces = inStretches(await this.#read(source, distinct, request));
    return days.map((scan) => [scan, pieces.filter((piece) => isOfDay(piece, scan.day))]);
  }

  #read(source: RowsSource, distinct: boolean, request: CellsRequest): Promise<SeriesPiece> {
    const { interval, withSums } = request;
    const contest = contestOf(request);
    return collecting.run(() =>
      this.#reader.read({ source, distinct, contest, interval, withSums }),
    );
  }
}

/** Of a series in buckets of UTC, which are perhaps to be joined. */
interface CellsRequest extends Omit<SeriesRequest, 'zone'> {
  readonly withSums: boolean;
}

/** Days that are read together for a request. */
interface Run {
  readonly request: CellsRequest;
  readonly days: Days;
  readonly share: CacheShare;
}

const sourceOf = ([first, ...others]: Days): RowsSource =>
  joinedSource([first.source(), ...others.map((scan) => scan.source())]);

const isOfDay = ({ bucketsMicros }: SeriesPiece, day: EpochDay): boolean =>
  isInRange(bucketsMicros[0] as EpochMicros, dayRange(day));

const readingsIn = (pieces: readonly SeriesPiece[]): number => {
  let readings = 0;
  for (const { counts } of pieces) for (const count of counts) readings += count;
  return readings;
};

/** What of the range lies in the day. */
const rangeOnDay = ({ range }: CellsRequest, day: EpochDay): TimeRange =>
  intersection(range, dayRange(day));

/** What a series depends on besides the readings of the day. */
const keyOf = (request: CellsRequest, day: EpochDay): string => {
  const { userId, deviceId = null, interval, priorityScope, withSums } = request;
  const { startMicros, endMicros } = rangeOnDay(request, day);
  const dependsOn = [deviceId, interval, priorityScope, withSums, startMicros, endMicros];
  return keyPrefix(userId) + JSON.stringify(dependsOn);
};

const keyPrefix = (userId: string): string => `${JSON.stringify(userId)} `;

const scanRequestOf = ({ userId, range, deviceId }: CellsRequest): ScanRequest =>
  deviceId === undefined ? { userId, range } : { userId, range, deviceId };

const contestOf = ({ deviceId, priorityScope }: Omit<SeriesRequest, 'zone'>): Contest => {
  if (deviceId !== undefined) return 'none';
  return priorityScope === 'timestamp' ? 'instant' : 'bucket';
};
