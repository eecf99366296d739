import type { Bench, Workload } from '../bench.ts';
import { type Asked, allDays, ask, warmUp } from '../day-queries.ts';
import type { Figure, Goal } from '../figure.ts';
import { DEVICES } from '../load/readings.ts';
import { inRounds, ofRounds, ratios } from '../rounds.ts';
import { BenchedService, NEVER_FLUSHED } from '../service.ts';
import { percentile } from '../statistics.ts';
import { BATCH_SIZE, FIRST_DAY_MS, readingsOfDay, type StoredFolder } from '../stored-days.ts';

const DAYS = 10;
/** As many as arrive at 1,000 a second while 64 log segments pass, of five seconds by default. */
const LATE_READINGS = 64 * 5_000;
const STORED_GOAL: Goal = { atMost: 1.1 };
const LATE_GOAL: Goal = { under: 1.2 };

interface Turn {
  readonly once: Asked;
  readonly again: Asked;
}

const askTwice = async (
  { options, load }: Bench,
  url: string,
  asked: Pick<StoredFolder, 'users' | 'days'>,
): Promise<Turn> => {
  const paths = allDays(asked);
  const once = await ask(load, url, paths, { connections: 1 });
  const again = await ask(load, url, paths, { connections: 1, seconds: options.seconds / 2 });
  return { once, again };
};

const p50s = (turns: readonly Turn[], kind: keyof Turn): number[] =>
  turns.map((turn) => percentile(turn[kind].latenciesMs, 0.5));

/** How long a query takes in two cases, and the one to the other. */
const compared = (
  work: string,
  baseWork: string,
  base: readonly Turn[],
  more: readonly Turn[],
  note: string,
  goal: Goal,
): Figure[] =>
  (['once', 'again'] as const).flatMap((kind) => {
    const [baseMs, moreMs] = [p50s(base, kind), p50s(more, kind)];
    const named = { workload: 4, work: `${work}, ${kind === 'once' ? 'first asked' : 'again'}` };
    return [
      { ...named, measure: 'p50', ...ofRounds(moreMs), unit: 'ms', note },
      { ...named, measure: `p50 ${baseWork}`, ...ofRounds(baseMs), unit: 'ms' },
      { ...named, measure: 'ratio', ...ofRounds(ratios(moreMs, baseMs)), unit: 'x', goal },
    ];
  });

const tenDays = async (bench: Bench): Promise<Figure[]> => {
  const { options, stored, load, step } = bench;
  const users = options.usersOfTenDays;
  step(`storing ${DAYS} days of ${readingsOfDay(users)} readings`);
  const one = await stored.copy(users, 1);
  const ten = await stored.copy(users, DAYS);
  const turn = (folder: StoredFolder) => async () => {
    step(`a user's day, ${folder.days} stored`);
    const service = new BenchedService(folder.dataDir);
    const url = await service.ready;
    await warmUp(load, url, folder);
    const result = await askTwice(bench, url, folder);
    await service.stop();
    return result;
  };
  const turns = await inRounds(options.rounds, { one: turn(one), ten: turn(ten) });
  stored.discard(one);
  stored.discard(ten);
  const note = `${users} users, ${((DAYS * readingsOfDay(users)) / 1e6).toFixed(1)} M readings in all`;
  return compared(
    `a random day of ${DAYS} stored, 1 connection`,
    'of one stored',
    turns.one,
    turns.ten,
    note,
    STORED_GOAL,
  );
};

/** Readings between the devices' usual instants, over the whole day and for all users alike. */
const sendLate = async ({ options, load }: Bench, url: string): Promise<number> => {
  const size = Math.min(BATCH_SIZE, options.users * DEVICES.length);
  const everySlots = Math.ceil(readingsOfDay(options.users) / LATE_READINGS);
  const requests = Math.floor(readingsOfDay(options.users) / everySlots / size);
  const { otherStatuses } = await load.run({
    url,
    connections: 4,
    requests: {
      kind: 'readings',
      format: 'ndjson',
      size,
      users: options.users,
      firstDayMs: FIRST_DAY_MS,
      firstRequest: 0,
      requests,
      late: { everySlots, byMs: 1_000 },
    },
  });
  if (otherStatuses.size > 0) throw new Error('not all late readings were stored');
  return requests * size;
};

/**
 * The service never holds 64 closed segments for long: it flushes each at once. So that their
 * readings stay in memory for as long as it is measured, they are all in one that stays open.
 */
const lateData = async (bench: Bench): Promise<Figure[]> => {
  const { options, stored, load, step } = bench;
  step(`storing ${readingsOfDay(options.users)} readings`);
  const without: Turn[] = [];
  const late: Turn[] = [];
  let lateReadings = 0;
  for (let round = 0; round < options.rounds; round++) {
    const folder = await stored.copy(options.users, 1);
    const service = new BenchedService(folder.dataDir, NEVER_FLUSHED);
    const url = await service.ready;
    step("a user's day without late data");
    await warmUp(load, url, folder);
    without.push(await askTwice(bench, url, folder));
    step("a user's day with late data in memory");
    lateReadings = await sendLate(bench, url);
    const metric = await service.metrics();
    if (metric('heart_rate_unflushed_readings') !== lateReadings) {
      throw new Error('the late readings are not in memory');
    }
    await warmUp(load, url, folder);
    late.push(await askTwice(bench, url, folder));
    await service.kill();
    stored.discard(folder);
  }
  const note = `${lateReadings} late readings in memory, about what 64 segments hold at 1,000/s`;
  return compared(
    "a user's day with late data, 1 connection",
    'without',
    without,
    late,
    note,
    LATE_GOAL,
  );
};

export const moreStored: Workload = async (bench) => [
  ...(await tenDays(bench)),
  ...(await lateData(bench)),
];
