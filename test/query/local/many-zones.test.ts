import { expect, it } from 'vitest';
import { LocalBuckets } from '../../../src/query/local/local-buckets.ts';
import { Zone } from '../../../src/query/local/zone-offsets.ts';
import type { Interval } from '../../../src/query/series-plan.ts';
import type { EpochMicros, TimeRange } from '../../../src/readings/reading.ts';
import { formatTimestamp } from '../../../src/readings/timestamp.ts';
import { jumpsOf, MINUTE, MINUTES_OF, WallClock } from './wall-clock.ts';

const zoneOf = (name: string): Zone => Zone.named(name) as Zone;
const rangeOf = (from: number, to: number): TimeRange => ({
  startMicros: from as EpochMicros,
  endMicros: to as EpochMicros,
});

/** Compares the minutes around a jump, for all intervals, with what the clocks show. */
const expectAsShown = (clock: WallClock, zone: string, jump: number, hours: number): void => {
  for (const interval of Object.keys(MINUTES_OF) as Interval[]) {
    const [first, last] = [jump - hours * 60, jump + hours * 60];
    const buckets = new LocalBuckets(
      zoneOf(zone),
      interval,
      rangeOf(first * MINUTE, last * MINUTE),
    );
    const cell = MINUTES_OF[buckets.cells];
    // Unknown until the first that begins here.
    let start: number | undefined;
    let date = Math.floor(clock.shows(first) / 1440);
    for (let minute = first; minute <= last; minute++) {
      const shown = Math.floor(clock.shows(minute) / 1440);
      const begins = interval === '1d' ? shown > date : clock.begins(minute, MINUTES_OF[interval]);
      date = Math.max(date, shown);
      if (begins) start = minute * MINUTE;
      const found = buckets.startOf(minute * MINUTE);
      if (start === undefined) continue;
      if (found === start && (!begins || minute % cell === 0)) continue;
      const at = [start, found].map((each) => formatTimestamp(each as EpochMicros));
      expect.fail(`${zone} ${interval} in cells of ${buckets.cells}: ${at} at ${minute}`);
    }
  }
};

/** `SEED=… npx vitest run …` takes the zones of an earlier run again. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000);
const ZONES = Intl.supportedValuesOf('timeZone');
const STRANGE = ['Africa/Monrovia', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/St_Johns'];

it(`agrees with the clocks of many zones, in all years (seed ${SEED})`, () => {
  const others = Array.from({ length: 15 }, (_, i) => ZONES[(SEED * 15 + i) % ZONES.length]);
  let jumps = 0;
  for (const zone of [...STRANGE, ...others] as string[]) {
    const clock = new WallClock(zone);
    for (const jump of jumpsOf(clock, 1970, 2040)) {
      expectAsShown(clock, zone, jump, 3);
      jumps++;
    }
  }
  expect(jumps).toBeGreaterThan(200);
});
