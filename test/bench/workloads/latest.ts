import type { Workload } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { postPastReadings } from '../load/past-readings.ts';
import { oneADay } from '../many-days.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService } from '../service.ts';
import { percentile } from '../statistics.ts';
import { timedGet } from '../timed-get.ts';

const FEW_DAYS = 10;
const MANY_DAYS = 1_000;
const REQUESTS = 300;
const GOAL = { under: 1.2 } as const;

/** Has a reading on every day. */
const EVERY_DAY = 'every_day';
/** Has none, so that each day has to be looked at. */
const NOBODY = 'nobody';

interface Contender {
  readonly url: string;
  readonly latenciesMs: Record<string, number[]>;
  end(): Promise<void>;
}

const start = async (days: number): Promise<Contender> => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir);
  const url = await service.ready;
  const status = await postPastReadings(url, oneADay(EVERY_DAY, days));
  if (status !== 200) throw new Error(`past readings were answered ${status}`);
  await service.settle();
  return {
    url,
    latenciesMs: { [EVERY_DAY]: [], [NOBODY]: [] },
    async end() {
      await service.stop();
      removeScratchFolder(dataDir);
    },
  };
};

const ask = async ({ url, latenciesMs }: Contender, userId: string): Promise<void> => {
  const { status, wholeMs } = await timedGet(`${url}/metrics/heart-rate/latest?user_id=${userId}`);
  if (status !== (userId === NOBODY ? 404 : 200)) throw new Error(`latest: ${status}`);
  latenciesMs[userId]?.push(wholeMs);
};

/** One request of the one and then one of the other, so that all else meets both alike. */
export const latest: Workload = async ({ step }) => {
  step(`storing ${MANY_DAYS} days of one reading`);
  const few = await start(FEW_DAYS);
  const many = await start(MANY_DAYS);
  step('latest readings');
  for (let i = 0; i < REQUESTS; i++) {
    for (const user of [EVERY_DAY, NOBODY]) {
      for (const contender of i % 2 === 0 ? [few, many] : [many, few]) await ask(contender, user);
    }
  }
  await few.end();
  await many.end();
  const p50 = ({ latenciesMs }: Contender, user: string) =>
    percentile(latenciesMs[user] ?? [], 0.5);
  const figures = (user: string, work: string, goal?: Figure['goal']): Figure[] => {
    const named = { workload: 14, work, samples: REQUESTS };
    const ratio = {
      ...named,
      measure: 'ratio',
      value: p50(many, user) / p50(few, user),
      unit: 'x',
    };
    return [
      { ...named, measure: `p50, ${MANY_DAYS} days`, value: p50(many, user), unit: 'ms' },
      { ...named, measure: `p50, ${FEW_DAYS} days`, value: p50(few, user), unit: 'ms' },
      goal === undefined ? ratio : { ...ratio, goal },
    ];
  };
  return [
    ...figures(EVERY_DAY, 'latest reading of a user', GOAL),
    ...figures(NOBODY, 'latest reading of an unknown user'),
  ];
};
