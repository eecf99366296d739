import { LRUCache } from 'lru-cache';
import type { TimeRange } from '../../readings/reading.ts';
import { MICROS_PER_MINUTE } from '../../readings/timestamp.ts';

/** A time in which a zone's clocks differ from UTC by the same amount. */
export interface OffsetPeriod {
  /** Its first instant; `-Infinity` where the offset was the same for as long as was looked at. */
  readonly startMicros: number;
  /** Local time minus UTC. */
  readonly offsetMicros: number;
}

const MICROS_PER_MILLISECOND = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** At 50 kB each. */
const MAX_ZONES = 50;
/** Of a zone: 400 days lie in three. */
const MAX_YEARS = 2_000;

const yearOf = (ms: number): number => new Date(ms).getUTCFullYear();

interface Change {
  readonly atMs: number;
  readonly offsetMinutes: number;
}

/** The offsets of one year: that of its first instant, and all that follow in it. */
type Year = readonly Change[];

const zones = new LRUCache<string, Zone>({ max: MAX_ZONES });
const years = new LRUCache<string, Year>({ max: MAX_YEARS });

/**
 * A zone of the time zone database that Node.js carries. What is known of a zone and a year is
 * remembered, as to ask `Intl` takes a microsecond an instant.
 */
export class Zone {
  /** As `Intl` spells it; of two names of one zone the same. */
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  private constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
    this.name = format.resolvedOptions().timeZone;
  }

  /** The zone of that name, in upper or lower case; undefined when there is none. */
  static named(name: string): Zone | undefined {
    const key = name.toLowerCase();
    const known = zones.get(key);
    if (known !== undefined) return known;
    try {
      const options = { timeZone: name, timeZoneName: 'longOffset' } as const;
      const zone = new Zone(new Intl.DateTimeFormat('en-US', options));
      zones.set(key, zone);
      return zone;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /**
   * The periods that the range touches, ascending; the first is taken to have begun long ago. No two
   * neighbours have the same offset. A change counts from the minute on by which it has happened.
   */
  periodsIn({ startMicros, endMicros }: TimeRange): OffsetPeriod[] {
    const startMs = startMicros / MICROS_PER_MILLISECOND;
    const endMs = endMicros / MICROS_PER_MILLISECOND;
    const periods: OffsetPeriod[] = [];
    for (let year = yearOf(startMs); year <= yearOf(endMs); year++) {
      for (const { atMs, offsetMinutes } of this.#year(year)) {
        if (atMs >= endMs && periods.length > 0) break;
        const offsetMicros = offsetMinutes * MICROS_PER_MINUTE;
        // Up to the start each takes the place of the one before it.
        if (atMs <= startMs) periods.length = 0;
        if (periods.at(-1)?.offsetMicros === offsetMicros) continue;
        const isFirst = periods.length === 0;
        const startsMicros = isFirst ? Number.NEGATIVE_INFINITY : atMs * MICROS_PER_MILLISECOND;
        periods.push({ startMicros: startsMicros, offsetMicros });
      }
    }
    return periods;
  }

  #year(year: number): Year {
    const key = `${year} ${this.name}`;
    const known = years.get(key);
    if (known !== undefined) return known;
    const found = this.#readYear(year);
    years.set(key, found);
    return found;
  }

  /** No zone has changed its offset and gone back within a day. */
  #readYear(year: number): Year {
    const endMs = Date.UTC(year + 1, 0, 1);
    let atMs = Date.UTC(year, 0, 1);
    let before = this.#offsetMinutes(atMs);
    const changes: Change[] = [{ atMs, offsetMinutes: before }];
    while (atMs < endMs) {
      const nextMs = atMs + DAY_MS;
      const offsetMinutes = this.#offsetMinutes(nextMs);
      if (offsetMinutes !== before) {
        changes.push({ atMs: this.#changeIn(atMs, nextMs, before), offsetMinutes });
      }
      before = offsetMinutes;
      atMs = nextMs;
    }
    return changes;
  }

  /** The first full minute that no longer has the offset. */
  #changeIn(fromMs: number, toMs: number, offsetMinutes: number): number {
    let [last, first] = [fromMs / MINUTE_MS, toMs / MINUTE_MS];
    while (first - last > 1) {
      const middle = Math.floor((last + first) / 2);
      if (this.#offsetMinutes(middle * MINUTE_MS) === offsetMinutes) last = middle;
      else first = middle;
    }
    return first * MINUTE_MS;
  }

  /** By the minute, as timestamps write it (RFC 3339 4.2). None has had seconds since 1972. */
  #offsetMinutes(atMs: number): number {
    const text = this.#format.format(atMs);
    const [, sign, hours, minutes, seconds = '0'] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
    if (sign === undefined) return 0;
    const offset = Math.round(Number(hours) * 60 + Number(minutes) + Number(seconds) / 60);
    return sign === '-' ? -offset : offset;
  }
}
