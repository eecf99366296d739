import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Workload } from '../bench.ts';
import type { LoadResult } from '../load/job.ts';
import { type PastReading, storePastReadings } from '../load/past-readings.ts';
import { userId } from '../load/readings.ts';
import { ofRounds } from '../rounds.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService, PATIENT } from '../service.ts';
import { percentile } from '../statistics.ts';
import { BATCH_SIZE, DAY_MS, FIRST_DAY_MS } from '../stored-days.ts';
import { type TimedAnswer, timedGet } from '../timed-get.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Who has a reading for each minute: one to ask at first, one for `1d`, one for `1m`. */
const [COLD_USER, DAYS_USER, MINUTES_USER] = [0, 1, 2];
const MINUTE_USERS = 3;
/** Whose hourly values lie in the same days; they bring the service to speed. */
const HOUR_USERS = 20;
const PROBES_PER_SECOND = 250;
const PROBE_LEAD_MS = 300;
const MEMORY_CHECK_MS = 5;
const MIB = 2 ** 20;

function* readingsOf(days: number): Generator<PastReading> {
  for (let minute = 0; minute < (days * DAY_MS) / MINUTE_MS; minute++) {
    for (let user = 0; user < MINUTE_USERS + HOUR_USERS; user++) {
      if (user >= MINUTE_USERS && minute % (HOUR_MS / MINUTE_MS) !== user) continue;
      yield {
        userId: userId(user),
        atMs: FIRST_DAY_MS + minute * MINUTE_MS + user * 1_000,
        heartRate: 55 + ((minute * 7 + user * 13) % 60),
      };
    }
  }
}

const storeYear = async (days: number): Promise<string> => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir, PATIENT);
  await storePastReadings(await service.ready, readingsOf(days), BATCH_SIZE);
  await service.settle();
  await service.stop();
  return dataDir;
};

const yearPath = (user: number, days: number, interval: '1d' | '1m'): string => {
  const end = new Date(FIRST_DAY_MS + days * DAY_MS).toISOString();
  const start = new Date(FIRST_DAY_MS).toISOString();
  return `/metrics/heart-rate?user_id=${userId(user)}&start=${start}&end=${end}&interval=${interval}`;
};

const ask = async (url: string, path: string, rows: number): Promise<TimedAnswer> => {
  const answer = await timedGet(url + path);
  const { count } = JSON.parse(answer.body) as { count?: number };
  if (count === rows) return answer;
  throw new Error(`a year has ${count} rows, not ${rows} (${answer.status})`);
};

/** How long the event loop was held at most: of each probe what is not the prober's own delay. */
const longestHoldMs = ({ latenciesMs, tardinessMs }: LoadResult): number =>
  Math.max(...latenciesMs.map((latencyMs, probe) => latencyMs - (tardinessMs[probe] ?? 0)));

/** Looks every few milliseconds, on one connection, whether the service answers. */
const probe = async ({ otherLoad, options }: Bench, url: string): Promise<number> => {
  const probes = await otherLoad.run({
    url,
    connections: 1,
    requests: { kind: 'queries', paths: ['/livez'], order: 'random' },
    durationMs: options.seconds * 1000,
    ratePerSecond: PROBES_PER_SECOND,
  });
  return longestHoldMs(probes);
};

/** How far a service's memory rises above what it is at first while something is done. */
const memoryGrowth = async <T>(service: BenchedService, act: () => Promise<T>) => {
  const before = service.residentBytes();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, service.residentBytes());
  }, MEMORY_CHECK_MS);
  try {
    const result = await act();
    return { result, growthMb: (Math.max(most, service.residentBytes()) - before) / MIB };
  } finally {
    clearInterval(timer);
  }
};

interface Turn {
  readonly coldMs: number;
  readonly daysMs: number;
  readonly daysAgainMs: number;
  readonly minutes: TimedAnswer;
  readonly growthMb: number;
  readonly quietHoldMs: number;
  readonly holdMs: number;
  readonly minutesAgainMs: number;
}

const turn = async (bench: Bench, dataDir: string): Promise<Turn> => {
  const { yearDays: days } = bench.options;
  const rows = (days * DAY_MS) / MINUTE_MS;
  const service = new BenchedService(dataDir);
  const url = await service.ready;
  const cold = await ask(url, yearPath(COLD_USER, days, '1d'), days);
  for (let user = MINUTE_USERS; user < MINUTE_USERS + HOUR_USERS; user++) {
    await ask(
      url,
      yearPath(user, days, user % 2 === 0 ? '1d' : '1m'),
      user % 2 === 0 ? days : days * 24,
    );
  }
  await service.settle();
  const first = await ask(url, yearPath(DAYS_USER, days, '1d'), days);
  const again = await ask(url, yearPath(DAYS_USER, days, '1d'), days);
  const quietHoldMs = await probe(bench, url);
  const minutesPath = yearPath(MINUTES_USER, days, '1m');
  const probing = probe(bench, url);
  await sleep(PROBE_LEAD_MS);
  const asked = await memoryGrowth(service, () => ask(url, minutesPath, rows));
  const holdMs = await probing;
  const minutesAgain = await ask(url, minutesPath, rows);
  await service.stop();
  return {
    coldMs: cold.wholeMs,
    daysMs: first.wholeMs,
    daysAgainMs: again.wholeMs,
    minutes: asked.result,
    growthMb: asked.growthMb,
    quietHoldMs,
    holdMs,
    minutesAgainMs: minutesAgain.wholeMs,
  };
};

export const year: Workload = async (bench) => {
  const { options, step } = bench;
  const readings = (options.yearDays * DAY_MS) / MINUTE_MS;
  step(`storing ${options.yearDays} days of one reading a minute`);
  const dataDir = await storeYear(options.yearDays);
  const turns: Turn[] = [];
  for (let round = 0; round < options.rounds; round++) {
    step(`${options.yearDays} days of a user`);
    turns.push(await turn(bench, dataDir));
  }
  removeScratchFolder(dataDir);

  const size = readings.toLocaleString('en-US');
  const days = { workload: 11, work: `a year of ${size} readings at 1d`, unit: 'ms' };
  const minutes = { workload: 11, work: `a year of ${size} readings at 1m`, unit: 'ms' };
  const of = (value: (one: Turn) => number) => ofRounds(turns.map(value));
  const megabytes = percentile(
    turns.map((one) => one.minutes.body.length / 1e6),
    0.5,
  );
  return [
    { ...days, measure: 'the very first of a process', ...of((one) => one.coldMs) },
    { ...days, measure: 'first asked', ...of((one) => one.daysMs), goal: { under: 300 } },
    { ...days, measure: 'again', ...of((one) => one.daysAgainMs) },
    {
      ...minutes,
      measure: 'first byte',
      ...of((one) => one.minutes.firstByteMs),
      goal: { under: 100 },
    },
    {
      ...minutes,
      measure: 'whole',
      ...of((one) => one.minutes.wholeMs),
      note: `${megabytes.toFixed(0)} MB of JSON`,
    },
    { ...minutes, measure: 'again', ...of((one) => one.minutesAgainMs) },
    {
      ...minutes,
      measure: 'memory more',
      ...of((one) => one.growthMb),
      unit: 'MiB',
      goal: { under: 50 },
    },
    {
      ...minutes,
      measure: 'event loop held, more than quiet',
      ...of((one) => one.holdMs - one.quietHoldMs),
      goal: { under: 20 },
      note: `quiet: ${percentile(
        turns.map((one) => one.quietHoldMs),
        0.5,
      ).toFixed(1)} ms`,
    },
  ];
};
