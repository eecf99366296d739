import type { Workload } from '../bench.ts';
import { allDays, ask, firstDays, warmUp } from '../day-queries.ts';
import type { Figure } from '../figure.ts';
import type { ReadingsSpec } from '../load/reading-requests.ts';
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

interface Posted extends Quantiles {
  /** Of it the load generator's own. */
  readonly tardinessP99Ms: number;
}

type Target = 'next day' | 'same day';

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

  const readingsTo = (target: Target): ReadingsSpec => ({
    kind: 'readings',
    format: 'single',
    size: 1,
    users: options.users,
    firstDayMs: target === 'same day' ? FIRST_DAY_MS : FIRST_DAY_MS + DAY_MS,
    firstRequest: sent,
    ...(target === 'same day' ? { late: LIVE } : {}),
  });
  const post = async (target: Target, forMs = durationMs): Promise<Posted> => {
    const result = await load.run({
      url,
      connections: POST_CONNECTIONS,
      requests: readingsTo(target),
      durationMs: forMs,
      ratePerSecond: RATE_PER_SECOND,
    });
    sent += result.sent;
    if (result.otherStatuses.size > 0) throw new Error('not every reading was stored');
    return {
      ...quantilesOf(result.latenciesMs),
      tardinessP99Ms: percentile(result.tardinessMs, 0.99),
    };
  };
  const query = async (): Promise<Quantiles> => {
    const { seconds } = options;
    const { latenciesMs } = await ask(otherLoad, url, paths, { connections: 1, seconds });
    return quantilesOf(latenciesMs);
  };
  /** A reading and then its user's day, over and over, and nothing else. */
  const queryChanged = async (): Promise<Quantiles> => {
    const result = await otherLoad.run({
      url,
      connections: 1,
      requests: {
        kind: 'changes',
        readings: readingsTo('same day'),
        paths: firstDays(options.users),
      },
      durationMs,
    });
    sent += Math.ceil(result.sent / 2);
    if (result.otherStatuses.size > 0) throw new Error('not every day was answered');
    return quantilesOf(result.latenciesMs.filter((_, request) => request % 2 === 1));
  };
  const both = async (target: Target, into: { posts: Posted[]; queries: Quantiles[] }) => {
    step(`${RATE_PER_SECOND} POSTs a second to the ${target} while days are queried`);
    const [posted, queried] = await Promise.all([post(target), query()]);
    into.posts.push(posted);
    into.queries.push(queried);
  };

  await warmUp(otherLoad, url, folder);
  await ask(otherLoad, url, firstDays(options.users), { connections: 1 });
  await post('next day', 1_000);
  const quiet = { posts: [] as Posted[], queries: [] as Quantiles[], changed: [] as Quantiles[] };
  const nextDay = { posts: [] as Posted[], queries: [] as Quantiles[] };
  const sameDay = { posts: [] as Posted[], queries: [] as Quantiles[] };
  for (let round = 0; round < options.rounds; round++) {
    await service.settle();
    step("a user's day, quiet");
    quiet.queries.push(await query());
    step(`${RATE_PER_SECOND} POSTs a second, quiet`);
    quiet.posts.push(await post('next day'));
    await both('next day', nextDay);
    await service.settle();
    step("a user's day that has just changed, quiet");
    quiet.changed.push(await queryChanged());
    await both('same day', sameDay);
  }
  await service.stop();
  stored.discard(folder);

  const posts = `${RATE_PER_SECOND} POSTs/s`;
  return [
    ...postFigures(`${posts}, quiet`, quiet.posts),
    ...queryFigures("a user's day, 1 connection, quiet", quiet.queries),
    ...queryFigures('one that has just changed, quiet', quiet.changed),
    ...postFigures(`${posts}, days queried meanwhile`, nextDay.posts, quiet.posts),
    ...queryFigures(`a user's day while ${posts} to another day`, nextDay.queries, quiet.queries),
    ...postFigures(`${posts} to the very days queried`, sameDay.posts, quiet.posts),
    ...queryFigures(`a user's day while ${posts} to that day`, sameDay.queries, quiet.changed),
  ];
};

const postFigures = (
  work: string,
  turns: readonly Posted[],
  quiet?: readonly Posted[],
): Figure[] => {
  const tardiness = ofRounds(turns.map(({ tardinessP99Ms }) => tardinessP99Ms)).value.toFixed(2);
  const note = `of it the generator's own, p99: ${tardiness} ms`;
  return [
    figure(work, 'p50', turns),
    { ...figure(work, 'p99', turns), goal: { under: 10 }, note },
    ...(quiet === undefined ? [] : toQuiet(work, turns, quiet)),
  ];
};

const queryFigures = (
  work: string,
  turns: readonly Quantiles[],
  quiet?: readonly Quantiles[],
): Figure[] => {
  const own = [figure(work, 'p50', turns), figure(work, 'p99', turns)];
  if (quiet === undefined) return own;
  const [p50, p99] = toQuiet(work, turns, quiet);
  return [...own, p50, { ...p99, goal: { under: 2 } }];
};

const figure = (work: string, measure: 'p50' | 'p99', turns: readonly Quantiles[]): Figure => ({
  workload: 5,
  work,
  unit: 'ms',
  measure,
  ...ofRounds(turns.map((turn) => turn[`${measure}Ms`])),
});

const toQuiet = (
  work: string,
  turns: readonly Quantiles[],
  quiet: readonly Quantiles[],
): [Figure, Figure] => {
  const ratio = (measure: 'p50' | 'p99'): Figure => {
    const valuesOf = (of: readonly Quantiles[]) => of.map((turn) => turn[`${measure}Ms`]);
    const rounds = ofRounds(ratios(valuesOf(turns), valuesOf(quiet)));
    return { workload: 5, work, unit: 'x', measure: `${measure} to quiet`, ...rounds };
  };
  return [ratio('p50'), ratio('p99')];
};
