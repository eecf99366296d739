import type { Workload } from '../bench.ts';
import { allDays, ask, warmUp } from '../day-queries.ts';
import { ofRounds, ratios } from '../rounds.ts';
import { BenchedService, FLUSHED_OFTEN } from '../service.ts';
import { percentile } from '../statistics.ts';
import { DAY_MS, FIRST_DAY_MS, readingsOfDay } from '../stored-days.ts';

const RATE_PER_SECOND = 1_000;
/** More than are ever needed at once: who waits is the reading, not the connection. */
const POST_CONNECTIONS = 64;
/** The day that is asked for gets readings too, at other instants than those stored. */
const LIVE = { everySlots: 1, byMs: 1_000 } as const;

interface Quantiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Turn {
  readonly posts: Quantiles;
  readonly queries: Quantiles;
  readonly tardinessP99Ms: number;
}

const quantilesOf = (latenciesMs: ArrayLike<number>): Quantiles => ({
  p50Ms: percentile(latenciesMs, 0.5),
  p99Ms: percentile(latenciesMs, 0.99),
});

export const mixed: Workload = async ({ options, load, otherLoad, stored, step }) => {
  step(`storing ${readingsOfDay(options.users)} readings`);
  const folder = await stored.copy(options.users, 1);
  const service = new BenchedService(folder.dataDir, FLUSHED_OFTEN);
  const url = await service.ready;
  const paths = allDays(folder);
  const durationMs = options.seconds * 1000;
  let sent = 0;

  const post = async (target: 'next day' | 'same day', forMs = durationMs) => {
    const result = await load.run({
      url,
      connections: POST_CONNECTIONS,
      requests: {
        kind: 'readings',
        format: 'single',
        size: 1,
        users: options.users,
        firstDayMs: target === 'same day' ? FIRST_DAY_MS : FIRST_DAY_MS + DAY_MS,
        firstRequest: sent,
        ...(target === 'same day' ? { late: LIVE } : {}),
      },
      durationMs: forMs,
      ratePerSecond: RATE_PER_SECOND,
    });
    sent += result.sent;
    if (result.otherStatuses.size > 0) throw new Error('not every reading was stored');
    return {
      posts: quantilesOf(result.latenciesMs),
      tardinessP99Ms: percentile(result.tardinessMs, 0.99),
    };
  };
  const query = async () => {
    const { seconds } = options;
    const { latenciesMs } = await ask(otherLoad, url, paths, { connections: 1, seconds });
    return { queries: quantilesOf(latenciesMs) };
  };
  const both = async (target: 'next day' | 'same day'): Promise<Turn> => {
    step(`${RATE_PER_SECOND} POSTs a second to the ${target} while days are queried`);
    const [posted, queried] = await Promise.all([post(target), query()]);
    return { ...posted, ...queried };
  };

  await warmUp(otherLoad, url, folder);
  await ask(otherLoad, url, paths, { connections: 1 });
  await post('next day', 1_000);
  const quiet: Turn[] = [];
  const nextDay: Turn[] = [];
  const sameDay: Turn[] = [];
  for (let round = 0; round < options.rounds; round++) {
    await service.settle();
    step("a user's day, quiet");
    const queried = await query();
    step(`${RATE_PER_SECOND} POSTs a second, quiet`);
    quiet.push({ ...queried, ...(await post('next day')) });
    nextDay.push(await both('next day'));
    sameDay.push(await both('same day'));
  }
  await service.stop();
  stored.discard(folder);

  const values = (turns: readonly Turn[], of: 'posts' | 'queries', quantile: keyof Quantiles) =>
    turns.map((turn) => turn[of][quantile]);
  const figures = (of: 'posts' | 'queries', work: string, turns: readonly Turn[]) => {
    const named = { workload: 5, work, unit: 'ms' };
    const p50s = values(turns, of, 'p50Ms');
    const p99s = values(turns, of, 'p99Ms');
    const isPosts = of === 'posts';
    const own = [
      { ...named, measure: 'p50', ...ofRounds(p50s) },
      {
        ...named,
        measure: 'p99',
        ...ofRounds(p99s),
        ...(isPosts ? { goal: { under: 10 } } : {}),
        ...(isPosts ? { note: `of it the generator's own, p99: ${tardiness(turns)} ms` } : {}),
      },
    ];
    if (turns === quiet) return own;
    const toQuiet = (quantile: keyof Quantiles) =>
      ofRounds(ratios(values(turns, of, quantile), values(quiet, of, quantile)));
    const ratio = { ...named, unit: 'x' };
    return [
      ...own,
      { ...ratio, measure: 'p50 to quiet', ...toQuiet('p50Ms') },
      {
        ...ratio,
        measure: 'p99 to quiet',
        ...toQuiet('p99Ms'),
        ...(isPosts ? {} : { goal: { under: 2 } }),
      },
    ];
  };
  const tardiness = (turns: readonly Turn[]): string =>
    ofRounds(turns.map(({ tardinessP99Ms }) => tardinessP99Ms)).value.toFixed(2);
  const posts = `${RATE_PER_SECOND} POSTs/s`;
  return [
    ...figures('posts', `${posts}, quiet`, quiet),
    ...figures('queries', "a user's day, 1 connection, quiet", quiet),
    ...figures('posts', `${posts}, days queried meanwhile`, nextDay),
    ...figures('queries', `a user's day while ${posts} to another day`, nextDay),
    ...figures('posts', `${posts} to the very days queried`, sameDay),
    ...figures('queries', `a user's day while ${posts} to that day`, sameDay),
  ];
};
