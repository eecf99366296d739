import type { TimeRange } from '../../readings/reading.ts';
import { MICROS_PER_DAY } from '../../readings/timestamp.ts';
import { type Interval, widthMicros } from '../series-plan.ts';
import type { OffsetPeriod, Zone } from './zone-offsets.ts';

/** No two places on Earth are further apart, nor is a change larger. */
const MARGIN_MICROS = 2 * MICROS_PER_DAY;

const CELLS: readonly Interval[] = ['1h', '15m', '5m'];

/**
 * The buckets of a zone's local time in a range. They follow one another without a gap and each
 * instant belongs to one. Those of a day begin where the clocks first show its date. Narrower ones
 * begin where the clocks show a multiple of the interval, and also where a change of the offset by
 * something else than a multiple of it happens, which ends the one before early.
 */
export class LocalBuckets {
  /** The widest buckets of UTC of which each bucket has only whole ones, and every bucket some. */
  readonly cells: Interval;
  readonly #width: number;
  readonly #isOfDays: boolean;
  readonly #periods: readonly OffsetPeriod[];

  constructor(zone: Zone, interval: Interval, { startMicros, endMicros }: TimeRange) {
    this.#width = widthMicros(interval);
    this.#isOfDays = interval === '1d';
    const periods = zone.periodsIn({
      startMicros: (startMicros - MARGIN_MICROS) as TimeRange['startMicros'],
      endMicros: (endMicros + MARGIN_MICROS) as TimeRange['endMicros'],
    });
    this.#periods = this.#isOfDays ? periods : periods.filter(this.#changesGrid);
    this.cells = this.#areThoseOfUtc()
      ? interval
      : (CELLS.find((cells) => this.#consistsOf(widthMicros(cells))) ?? '1m');
  }

  /** The first instant of the bucket to which this one belongs. */
  startOf(micros: number): number {
    return this.#startIn(this.#periodOf(micros), micros);
  }

  #startIn(place: number, micros: number): number {
    const { startMicros, offsetMicros } = this.#periods[place] as OffsetPeriod;
    const local = this.#number(micros, offsetMicros);
    const before = this.#periods[place - 1];
    if (this.#isOfDays && before !== undefined) {
      // Clocks that are put back past midnight show a date again, of a day that has not ended yet.
      if (local <= this.#number(startMicros - 1, before.offsetMicros)) {
        return this.#startIn(place - 1, startMicros - 1);
      }
    }
    return Math.max(local * this.#width - offsetMicros, startMicros);
  }

  #periodOf(micros: number): number {
    let place = this.#periods.length - 1;
    while ((this.#periods[place] as OffsetPeriod).startMicros > micros) place--;
    return place;
  }

  /** Which bucket it is by the clocks. */
  #number(micros: number, offsetMicros: number): number {
    return Math.floor((micros + offsetMicros) / this.#width);
  }

  /** Whether buckets begin at other instants than they would with the offset before. */
  readonly #changesGrid = (
    { offsetMicros }: OffsetPeriod,
    place: number,
    periods: readonly OffsetPeriod[],
  ): boolean => {
    const before = periods[place - 1];
    return before === undefined || (offsetMicros - before.offsetMicros) % this.#width !== 0;
  };

  #areThoseOfUtc(): boolean {
    const [{ offsetMicros }, ...others] = this.#periods as [OffsetPeriod, ...OffsetPeriod[]];
    return others.length === 0 && offsetMicros % this.#width === 0;
  }

  #consistsOf(cellMicros: number): boolean {
    return (
      cellMicros <= this.#width &&
      this.#periods.every(
        ({ startMicros, offsetMicros }) =>
          offsetMicros % cellMicros === 0 &&
          (startMicros === Number.NEGATIVE_INFINITY || startMicros % cellMicros === 0),
      )
    );
  }
}
