import type { Interval } from '../../../src/query/series-plan.ts';

export const MINUTE = 60_000_000;
export const MINUTES_OF: Readonly<Record<Interval, number>> = {
  '1m': 1,
  '5m': 5,
  '15m': 15,
  '1h': 60,
  '1d': 1440,
};

const DAYS_BACK = 3;

/**
 * What the clocks of a zone show, minute by minute, and what buckets follow from that: the words of
 * the contract, and nothing of the code under test.
 */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #shown = new Map<number, number>();

  constructor(zone: string) {
    const two = '2-digit';
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...({ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: two } as const),
      ...({ day: two, hour: two, minute: two, second: two } as const),
    });
  }

  /** The minutes from 1970-01-01 00:00 on the clock to what it shows, at a minute since the epoch. */
  shows(minute: number): number {
    const known = this.#shown.get(minute);
    if (known !== undefined) return known;
    const text = this.#format.format(minute * 60_000);
    const [month = 0, day, year = 0, hour, minutes, seconds = 0] = text.split(/\D+/).map(Number);
    // Clocks that do not show full minutes at full minutes are taken to the nearest, the farther of two.
    const shown = Date.UTC(year, month - 1, day, hour, minutes, seconds) / 60_000;
    const offset = shown - minute;
    const rounded = minute + Math.sign(offset) * Math.round(Math.abs(offset));
    this.#shown.set(minute, rounded);
    return rounded;
  }

  /** Whether a bucket that is not of days begins with a minute. */
  begins(minute: number, width: number): boolean {
    const shown = this.shows(minute);
    const jump = shown - (this.shows(minute - 1) + 1);
    return shown % width === 0 || jump % width !== 0;
  }

  /** The first instant of a bucket that has the instant, in microseconds. */
  bucketOf(micros: number, interval: Interval): number {
    let minute = Math.floor(micros / MINUTE);
    if (interval === '1d') return this.#dayOf(minute) * MINUTE;
    while (!this.begins(minute, MINUTES_OF[interval])) minute--;
    return minute * MINUTE;
  }

  /** A day begins when the clocks show its date, or a later one, for the first time. */
  #dayOf(minute: number): number {
    let [date, since] = [Number.NEGATIVE_INFINITY, minute];
    for (let each = minute - DAYS_BACK * 1440; each <= minute; each++) {
      const shown = Math.floor(this.shows(each) / 1440);
      if (shown > date) [date, since] = [shown, each];
    }
    return since;
  }
}

/** The minutes at which the clocks jump in some years, each to within a minute. */
export const jumpsOf = (clock: WallClock, fromYear: number, toYear: number): number[] => {
  const [from, to] = [fromYear, toYear].map((year) => Date.UTC(year, 0, 1) / 60_000);
  const jumps: number[] = [];
  const offset = (minute: number) => clock.shows(minute) - minute;
  for (let day = from as number; day < (to as number); day += 1440) {
    if (offset(day) === offset(day + 1440)) continue;
    let [before, behind] = [day, day + 1440];
    while (behind - before > 1) {
      const middle = Math.floor((before + behind) / 2);
      if (offset(middle) === offset(day)) before = middle;
      else behind = middle;
    }
    jumps.push(behind);
  }
  return jumps;
};
