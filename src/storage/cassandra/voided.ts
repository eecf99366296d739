import { createHash } from 'node:crypto';
import type { Erasure } from '../../readings/erasure.ts';
import { firstAtLeast } from '../../readings/first-at-least.ts';
import type { EpochMicros } from '../../readings/reading.ts';
import type { Stamp } from './stamps.ts';

/** An erasure of a part of a user's readings: what it covers of chunks up to `seq` is void. */
export interface StampedErasure extends Erasure {
  readonly seq: Stamp;
  readonly writer: string;
}

/** Up to which stamp readings are void, by time. */
class Steps {
  /** Where each step begins, ascending; it goes to where the next one does. */
  readonly #starts: Float64Array;
  readonly #stamps: Float64Array;
  /** The step that was asked for last: rows mostly come in the order of time. */
  #last = 0;

  constructor(erasures: readonly StampedErasure[]) {
    const startOf = ({ range }: Erasure) => range?.startMicros ?? Number.NEGATIVE_INFINITY;
    const endOf = ({ range }: Erasure) => range?.endMicros ?? Number.POSITIVE_INFINITY;
    const instants = erasures.flatMap((erasure) => [startOf(erasure), endOf(erasure)]);
    this.#starts = Float64Array.from(new Set([Number.NEGATIVE_INFINITY, ...instants])).sort();
    this.#stamps = new Float64Array(this.#starts.length).fill(-1);
    // The newest erasure first: a step that has a stamp has its largest, and is passed over.
    const next = Uint32Array.from(this.#starts, (_, step) => step);
    const freeFrom = (step: number): number => {
      let free = step;
      while (free < next.length && next[free] !== free) free = next[free] as number;
      for (let at = step; at < free; ) {
        const after = next[at] as number;
        next[at] = free;
        at = after;
      }
      return free;
    };
    for (const erasure of [...erasures].sort((a, b) => b.seq - a.seq)) {
      const end = this.#stepAt(endOf(erasure));
      for (let step = freeFrom(this.#stepAt(startOf(erasure))); step < end; step = freeFrom(step)) {
        this.#stamps[step] = erasure.seq;
        next[step] = step + 1;
      }
    }
  }

  stampAt(micros: number): number {
    const starts = this.#starts;
    const last = this.#last;
    const isSame =
      micros >= (starts[last] as number) &&
      (last + 1 === starts.length || micros < (starts[last + 1] as number));
    if (!isSame) this.#last = this.#stepAt(micros);
    return this.#stamps[this.#last] as number;
  }

  /** The last that begins at an instant or before; the first begins before all. */
  #stepAt(micros: number): number {
    const step = firstAtLeast(this.#starts, micros);
    return this.#starts[step] === micros ? step : step - 1;
  }
}

/**
 * What the erasures of parts of a user's readings void. Made once and asked for each row: what that
 * takes grows with the logarithm of their number.
 */
export class Voided {
  /** Tells these erasures from all others; empty when there are none. */
  readonly name: string;
  /** Nothing that is stamped later is void. */
  readonly newest: number;
  readonly #ofAll: Steps;
  readonly #ofDevices = new Map<string, Steps>();

  constructor(erasures: readonly StampedErasure[]) {
    this.name = nameOf(erasures);
    this.newest = erasures.reduce((newest, { seq }) => Math.max(newest, seq), -1);
    const byDevice = new Map<string | undefined, StampedErasure[]>();
    for (const erasure of erasures) {
      const known = byDevice.get(erasure.deviceId);
      if (known === undefined) byDevice.set(erasure.deviceId, [erasure]);
      else known.push(erasure);
    }
    this.#ofAll = new Steps(byDevice.get(undefined) ?? []);
    for (const [deviceId, ofDevice] of byDevice) {
      if (deviceId !== undefined) this.#ofDevices.set(deviceId, new Steps(ofDevice));
    }
  }

  /** Whether a reading of a chunk with this stamp is void. */
  has(deviceId: string, micros: EpochMicros, seq: Stamp): boolean {
    if (seq > this.newest) return false;
    if (seq <= this.#ofAll.stampAt(micros)) return true;
    return seq <= (this.#ofDevices.get(deviceId)?.stampAt(micros) ?? -1);
  }
}

const nameOf = (erasures: readonly StampedErasure[]): string => {
  if (erasures.length === 0) return '';
  const hash = createHash('sha256');
  for (const { seq, writer } of erasures) hash.update(`${seq} ${writer}\n`);
  return hash.digest('base64url');
};

export const NOTHING_VOID = new Voided([]);
