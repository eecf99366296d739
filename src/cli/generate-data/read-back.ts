import type { DeviceList, HeartRateClient } from '../../../client/src/index.ts';
import { differences, expectedSeries, type SeriesRow } from './expected-series.ts';
import type { Latencies } from './latencies.ts';
import type { Measurement } from './measurement.ts';

const MS_PER_DAY = 86_400_000;

export interface Period {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The UTC days that a period touches, cut to it. */
export const daysOf = ({ fromMs, untilMs }: Period): Period[] => {
  const days: Period[] = [];
  for (let atMs = fromMs; atMs < untilMs; ) {
    const nextMs = Math.min(untilMs, (Math.floor(atMs / MS_PER_DAY) + 1) * MS_PER_DAY);
    days.push({ fromMs: atMs, untilMs: nextMs });
    atMs = nextMs;
  }
  return days;
};

const groupByUser = (measurements: readonly Measurement[]): Map<string, Measurement[]> => {
  const byUser = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const own = byUser.get(measurement.userId);
    if (own === undefined) byUser.set(measurement.userId, [measurement]);
    else own.push(measurement);
  }
  return byUser;
};

/** Asks for the series of users, and notes how long that takes. */
export class ReadBack {
  readonly #client: HeartRateClient;
  readonly #latencies: Latencies;
  rows = 0;

  constructor(client: HeartRateClient, latencies: Latencies) {
    this.#client = client;
    this.#latencies = latencies;
  }

  /**
   * Where the series of the users differ from what they must be by what was accepted, a line each.
   * Every day is asked for alone, and the whole period at once: both must be the same rows.
   */
  async compare(
    users: readonly string[],
    accepted: readonly Measurement[],
    priorities: DeviceList,
    period: Period,
  ): Promise<string[]> {
    const byUser = groupByUser(accepted);
    const found: string[] = [];
    for (const user of users) {
      const expected = expectedSeries(byUser.get(user) ?? [], priorities);
      const days: SeriesRow[] = [];
      for (const day of daysOf(period)) days.push(...(await this.#rows(user, day)));
      const whole = await this.#rows(user, period);
      this.rows += whole.length;
      found.push(...differences(expected, days).map((line) => `${user}, by day, ${line}`));
      found.push(...differences(expected, whole).map((line) => `${user}, at once, ${line}`));
    }
    return found;
  }

  async #rows(user: string, { fromMs, untilMs }: Period): Promise<readonly SeriesRow[]> {
    const query = {
      user_id: user,
      start: new Date(fromMs).toISOString(),
      end: new Date(untilMs).toISOString(),
    };
    const series = await this.#latencies.time(() => this.#client.query(query));
    return series?.data ?? [];
  }
}
