import { SeededRandom } from '../../src/cli/generate-data/random.ts';
import type { LoadGenerator } from './load/load-generator.ts';
import { userId } from './load/readings.ts';
import { DAY_MS, FIRST_DAY_MS, type StoredFolder } from './stored-days.ts';

/** Every minute of a stored day but the last one and a half. */
const ROWS_OF_DAY = 1_438;
const WARM_UP_SHARE = 10;
const WARM_UP_QUERIES = 100;

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const pathOf = (user: number, startMs: number, endMs: number): string =>
  `/metrics/heart-rate?user_id=${userId(user)}&start=${instant(startMs)}&end=${instant(endMs)}`;

const dayPath = (user: number, day: number): string =>
  pathOf(user, FIRST_DAY_MS + day * DAY_MS, FIRST_DAY_MS + (day + 1) * DAY_MS);

/** Users that are only ever asked for to warm up, so that of the others nothing is known. */
const warmUpUsers = (users: number): number => Math.ceil(users / WARM_UP_SHARE);

/** Each day of each user that was not asked for while warming up, in no order. */
export const allDays = ({ users, days }: Pick<StoredFolder, 'users' | 'days'>): string[] => {
  const paths: string[] = [];
  for (let user = warmUpUsers(users); user < users; user++) {
    for (let day = 0; day < days; day++) paths.push(dayPath(user, day));
  }
  return new SeededRandom(users).shuffled(paths);
};

/** The first stored day of each user. */
export const firstDays = (users: number): string[] =>
  Array.from({ length: users }, (_, user) => dayPath(user, 0));

/** Asks for one day and makes sure that it is all there; resolves with how long it took. */
export const firstQuery = async (url: string): Promise<number> => {
  const startMs = performance.now();
  const answer = await fetch(url + dayPath(0, 0));
  const text = await answer.text();
  const tookMs = performance.now() - startMs;
  const { count } = JSON.parse(text) as { count?: number };
  if (count !== ROWS_OF_DAY) throw new Error(`a day has ${count} rows, not ${ROWS_OF_DAY}`);
  return tookMs;
};

/**
 * Brings a service to speed with days of users kept for this, each time from another minute on, so
 * that the code is warm and no answer is.
 */
export const warmUp = async (
  load: LoadGenerator,
  url: string,
  { users, days }: Pick<StoredFolder, 'users' | 'days'>,
): Promise<void> => {
  const paths: string[] = [];
  for (let query = 0; query < WARM_UP_QUERIES; query++) {
    const startMs = FIRST_DAY_MS + (query % days) * DAY_MS;
    paths.push(
      pathOf(query % warmUpUsers(users), startMs + (query + 1) * 60_000, startMs + DAY_MS),
    );
  }
  await load.run({ url, connections: 1, requests: { kind: 'queries', paths, order: 'once' } });
};

export interface Asked {
  readonly latenciesMs: readonly number[];
  readonly perSecond: number;
}

/** Asks for days, each once or at random for a while. */
export const ask = async (
  load: LoadGenerator,
  url: string,
  paths: readonly string[],
  how: { readonly connections: number; readonly seconds?: number },
): Promise<Asked> => {
  const order = how.seconds === undefined ? 'once' : 'random';
  const { latenciesMs, wallMs, otherStatuses } = await load.run({
    url,
    connections: how.connections,
    requests: { kind: 'queries', paths, order },
    ...(how.seconds === undefined ? {} : { durationMs: how.seconds * 1000 }),
  });
  if (otherStatuses.size > 0) throw new Error('not every day was answered');
  return { latenciesMs: [...latenciesMs], perSecond: (latenciesMs.length * 1000) / wallMs };
};
