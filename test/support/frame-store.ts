import { type Erasure, isErasedBy } from '../../src/readings/erasure.ts';
import type { EpochDay, Reading, Sequence, TimeRange } from '../../src/readings/reading.ts';
import type { ReadingBatch } from '../../src/readings/reading-batch.ts';
import { today } from '../../src/readings/retention.ts';
import { dayRange, intersection, isInRange } from '../../src/readings/time-range.ts';
import { dayOf } from '../../src/readings/timestamp.ts';
import type {
  DayScan,
  ReadingStore,
  ScannedDay,
  ScanRequest,
  StoreHealth,
} from '../../src/storage/reading-store.ts';
import type { UserRows } from '../../src/storage/rows/rows-source.ts';
import { WELL } from './health.ts';

export interface StoredReading extends Reading {
  readonly sequence: Sequence;
}

/** How the rows of a day are kept: a list for each piece, as parts and memory would hold them. */
export type Layout = (day: readonly StoredReading[]) => readonly (readonly StoredReading[])[];

const inOnePiece: Layout = (day) => [day];

const rowsIn = (piece: readonly StoredReading[]): UserRows => {
  const deviceIds = [...new Set(piece.map((one) => one.deviceId))];
  return {
    deviceIds,
    devices: Uint32Array.from(piece, (one) => deviceIds.indexOf(one.deviceId)),
    timestamps: Float64Array.from(piece, (one) => one.timestampMicros),
    heartRates: Float64Array.from(piece, (one) => one.heartRate),
    sequences: Float64Array.from(piece, (one) => one.sequence),
  };
};

const rowsWithin = (rows: readonly StoredReading[], range: TimeRange): readonly StoredReading[] =>
  rows.filter(({ timestampMicros }) => isInRange(timestampMicros, range));

const isDistinct = (rows: readonly StoredReading[]): boolean =>
  new Set(rows.map((one) => `${one.timestampMicros} ${one.deviceId}`)).size === rows.length;

/** Readings in memory behind the interface of a store, kept in whatever pieces a test asks for. */
export class FrameStore implements ReadingStore {
  #readings: readonly StoredReading[] = [];
  #layout: Layout = inOnePiece;
  #lastSequence = 0;

  static of(...readings: readonly Reading[]): FrameStore {
    const store = new FrameStore();
    store.hold(store.#numbered(readings));
    return store;
  }

  /** Forgets what it held and holds these instead. */
  hold(readings: readonly StoredReading[], layout: Layout = inOnePiece): void {
    this.#readings = readings;
    this.#layout = layout;
  }

  async append(batch: ReadingBatch): Promise<void> {
    const readings = batch.runs.flatMap(({ userId, deviceId, timestampsMicros, heartRates }) =>
      timestampsMicros.map((timestampMicros, i): Reading => {
        return { userId, deviceId, timestampMicros, heartRate: heartRates[i] as number };
      }),
    );
    this.#readings = [...this.#readings, ...this.#numbered(readings)];
  }

  scan(request: ScanRequest): AsyncIterable<DayScan> {
    const { userId, deviceId, range } = request;
    const byDay = new Map<EpochDay, StoredReading[]>();
    for (const one of this.#readings) {
      if (one.userId !== userId || one.deviceId !== (deviceId ?? one.deviceId)) continue;
      if (one.timestampMicros < range.startMicros || one.timestampMicros >= range.endMicros) {
        continue;
      }
      const day = dayOf(one.timestampMicros);
      const rows = byDay.get(day);
      if (rows === undefined) byDay.set(day, [one]);
      else rows.push(one);
    }
    return this.#days(request, byDay);
  }

  async *scanBackwards(request: ScanRequest): AsyncGenerator<ScannedDay> {
    const days: DayScan[] = [];
    for await (const day of this.scan(request)) days.unshift(day);
    yield* days;
  }

  async *#days(
    request: ScanRequest,
    byDay: ReadonlyMap<EpochDay, StoredReading[]>,
  ): AsyncGenerator<DayScan> {
    const days = [...byDay.keys()].sort((a, b) => a - b);
    for (const day of days) {
      const rows = byDay.get(day) ?? [];
      yield {
        day,
        isLast: day === days.at(-1),
        distinct: isDistinct(this.#layout(rows).flat()),
        // What is held may change at any time.
        version: {
          sequence: this.#lastSequence as Sequence,
          removals: 0,
          parts: [],
          lengths: new Map(),
        },
        changesSince: () => 'unknown',
        source: (range = intersection(request.range, dayRange(day))) => ({
          ...request,
          range,
          inMemory: this.#layout(rowsWithin(rows, range)).map(rowsIn),
          parts: [],
        }),
      };
    }
  }

  #numbered(readings: readonly Reading[]): StoredReading[] {
    return readings.map((one) => ({ ...one, sequence: ++this.#lastSequence as Sequence }));
  }

  async checkDay(_day: EpochDay): Promise<boolean> {
    return false;
  }

  async erase(erasure: Erasure): Promise<number> {
    const before = this.#readings.length;
    this.#readings = this.#readings.filter(
      (one) => one.userId !== erasure.userId || !isErasedBy(erasure, one),
    );
    return before - this.#readings.length;
  }

  intakeDay(): EpochDay {
    return today();
  }

  health(): StoreHealth {
    const unflushedReadings = this.#readings.length;
    return { ...WELL, unflushedReadings };
  }

  async close(): Promise<void> {}
}
