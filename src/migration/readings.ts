import type { ReadingsPiece } from '../query/export/readings-piece.ts';
import type { EpochMicros, TimeRange } from '../readings/reading.ts';
import type { ReadingBatch } from '../readings/reading-batch.ts';
import type { ReadingStore, ScanRequest } from '../storage/reading-store.ts';

/** Readings of one user that are moved together. */
export interface Unit {
  readonly request: ScanRequest;
  /** From where it goes on when all up to here has been moved; means something to its source. */
  readonly position: string;
  /** How much of all there is lies before its end, from 0 to 1. */
  readonly share: number;
}

/** A store that readings are taken from. */
export interface Source {
  readonly store: ReadingStore;
  /** What there is after a position, or all of it; a bounded part of it is in memory. */
  units(after: string | undefined): AsyncIterable<Unit>;
  close(): Promise<void>;
}

/** A store that readings are moved to. */
export interface Target {
  readonly store: ReadingStore;
  /** Nobody else writes to it. */
  readonly isAlone: boolean;
  /** What it has in a range, which is that of readings of one unit. */
  read(request: ScanRequest): Promise<FoundReadings>;
  /** Resolves when the readings are stored; no identity is in the batch twice. */
  write(batch: ReadingBatch): Promise<void>;
  close(): Promise<void>;
}

interface Found {
  readonly heartRate: number;
  /** The target accepted it itself, so it stands. */
  readonly isAcceptedHere: boolean;
}

/** Readings of a user by their identity. */
export class FoundReadings {
  readonly #byDevice = new Map<string, Map<number, number>>();
  readonly #acceptedHere = new Map<string, Set<number>>();

  /** In the place of one with the same identity. */
  add(deviceId: string, micros: number, { heartRate, isAcceptedHere }: Found): void {
    entryOf(this.#byDevice, deviceId, () => new Map()).set(micros, heartRate);
    const here = entryOf(this.#acceptedHere, deviceId, () => new Set());
    if (isAcceptedHere) here.add(micros);
    else here.delete(micros);
  }

  get(deviceId: string, micros: number): Found | undefined {
    const heartRate = this.#byDevice.get(deviceId)?.get(micros);
    if (heartRate === undefined) return undefined;
    return { heartRate, isAcceptedHere: this.#acceptedHere.get(deviceId)?.has(micros) === true };
  }

  /** How many identities it has. */
  get size(): number {
    return [...this.#byDevice.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

const entryOf = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
};

export const deviceAt = ({ deviceIds, devices }: ReadingsPiece, row: number): string =>
  deviceIds[devices[row] as number] as string;

/** From the first to just after the last of a piece, which is in order of time. */
export const rangeOf = ({ timestampsMicros }: ReadingsPiece): TimeRange => ({
  startMicros: timestampsMicros[0] as EpochMicros,
  endMicros: ((timestampsMicros.at(-1) as number) + 1) as EpochMicros,
});
