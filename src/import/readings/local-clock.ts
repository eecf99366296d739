import { Temporal } from 'temporal-polyfill';
import type { EpochMicros } from '../../readings/reading.ts';
import { MICROS_PER_MINUTE } from '../../readings/timestamp.ts';

/** What a clock on the wall was at: none, one or two instants. */
type Possible = readonly EpochMicros[];

interface Course {
  readonly lastMicros: number;
  /** Whether the last step between two instants went back in time. */
  readonly isBackwards: boolean;
}

/** So many sources are told apart; more share their course. */
const MAX_SOURCES = 10_000;

/** True for the name of a time zone that this machine knows. */
export const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/**
 * Reads the clock of a zone. An hour that the clock shows twice is told apart by the order of the
 * readings of a source: it is the first hour, until they would have to stand still or go back in
 * time, which makes it the second. In a file with the newest first it is the other way round.
 */
export class LocalClock {
  readonly #zone: string;
  readonly #courses = new Map<string, Course>();
  #minute = Number.NaN;
  /** Minutes that the zone may be ahead of UTC in this minute of the wall, in microseconds. */
  #offsetsMicros: readonly number[] = [];

  constructor(zone: string) {
    this.#zone = zone;
  }

  /**
   * The instant at which the clock showed `wallMicros`, which is that time as if it were in UTC;
   * undefined when it never did, because it was put forward.
   */
  instantOf(wallMicros: EpochMicros, source: string): EpochMicros | undefined {
    const possible = this.#possible(wallMicros);
    const course = this.#courses.get(source);
    const instant = possible.length > 1 ? this.#choose(possible, course) : possible[0];
    if (instant !== undefined) this.#note(source, course, instant, possible.length > 1);
    return instant;
  }

  #choose([first, second]: Possible, course: Course | undefined): EpochMicros | undefined {
    if (course === undefined) return first;
    const { lastMicros, isBackwards } = course;
    if (isBackwards) return second !== undefined && second < lastMicros ? second : first;
    return first !== undefined && lastMicros >= first ? second : first;
  }

  #note(source: string, course: Course | undefined, instant: number, isChosen: boolean): void {
    const isKnown = course !== undefined || this.#courses.size < MAX_SOURCES;
    const wasBackwards = course?.isBackwards ?? false;
    const isStep = course !== undefined && !isChosen && instant !== course.lastMicros;
    this.#courses.set(isKnown ? source : '', {
      lastMicros: instant,
      isBackwards: isStep ? instant < course.lastMicros : wasBackwards,
    });
  }

  #possible(wallMicros: number): Possible {
    const minute = Math.floor(wallMicros / MICROS_PER_MINUTE);
    if (minute !== this.#minute) {
      this.#offsetsMicros = this.#offsetsOf(minute);
      this.#minute = minute;
    }
    return this.#offsetsMicros.map((offset) => (wallMicros - offset) as EpochMicros);
  }

  #offsetsOf(minute: number): readonly number[] {
    const wall = Temporal.Instant.fromEpochMilliseconds(minute * 60_000)
      .toZonedDateTimeISO('UTC')
      .toPlainDateTime();
    const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
      wall.toZonedDateTime(this.#zone, { disambiguation }),
    );
    if (earlier === undefined || later === undefined) return [];
    if (!earlier.toPlainDateTime().equals(wall)) return [];
    const offsets = [earlier, later].map(({ offsetNanoseconds }) => offsetNanoseconds / 1000);
    return [...new Set(offsets)];
  }
}
