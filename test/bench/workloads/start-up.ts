import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Workload } from '../bench.ts';
import { userId } from '../load/readings.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService, NEVER_FLUSHED } from '../service.ts';
import { BATCH_SIZE, FIRST_DAY_MS } from '../stored-days.ts';

const ASK_INTERVAL_MS = 20;

/** Acknowledges the readings and is killed, so that they are in the log and nowhere else. */
const fillLog = async ({ options, load }: Bench, dataDir: string): Promise<number> => {
  const service = new BenchedService(dataDir, NEVER_FLUSHED);
  const requests = Math.ceil(options.logReadings / BATCH_SIZE);
  const { otherStatuses } = await load.run({
    url: await service.ready,
    connections: 4,
    requests: {
      kind: 'readings',
      format: 'ndjson',
      size: BATCH_SIZE,
      users: options.users,
      firstDayMs: FIRST_DAY_MS,
      firstRequest: 0,
      requests,
    },
  });
  await service.kill();
  if (otherStatuses.size > 0) throw new Error('not all readings were logged');
  return requests * BATCH_SIZE;
};

const PATH = `/metrics/heart-rate?user_id=${userId(0)}&start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z`;

interface Answers {
  /** How often what was said. */
  readonly said: Map<string, number>;
  slowestMs: number;
}

/** Asks for readings again and again until they are answered. */
const askUntilAnswered = async (url: string): Promise<Answers> => {
  const answers: Answers = { said: new Map(), slowestMs: 0 };
  for (;;) {
    const startMs = performance.now();
    const answer = await fetch(url + PATH);
    const { detail = '' } = (await answer.json()) as { detail?: string };
    if (answer.status === 200) return answers;
    answers.slowestMs = Math.max(answers.slowestMs, performance.now() - startMs);
    const said = `${answer.status} ${detail}`;
    answers.said.set(said, (answers.said.get(said) ?? 0) + 1);
    await sleep(ASK_INTERVAL_MS);
  }
};

export const startUp: Workload = async (bench) => {
  const dataDir = scratchFolder();
  bench.step(`logging ${bench.options.logReadings} readings`);
  const readings = await fillLog(bench, dataDir);
  const logFolder = join(dataDir, 'wal');
  const logBytes = readdirSync(logFolder)
    .map((name) => statSync(join(logFolder, name)).size)
    .reduce((sum, one) => sum + one, 0);

  bench.step(`starting with ${readings} readings in the log`);
  const startMs = performance.now();
  const service = new BenchedService(dataDir);
  const url = await service.listening;
  const listeningMs = performance.now() - startMs;
  const ready = service.ready.then(() => performance.now() - startMs);
  const answers = await askUntilAnswered(url);
  const answeredMs = performance.now() - startMs;
  const readyMs = await ready;
  await service.kill();
  removeScratchFolder(dataDir);

  const named = {
    workload: 8,
    work: `start with ${(readings / 1e6).toFixed(1)} M readings in the log (${(logBytes / 1e6).toFixed(0)} MB)`,
  };
  const said = [...answers.said].map(([what, times]) => `${times} x ${what}`).join('; ');
  return [
    { ...named, measure: 'until it listens', value: listeningMs / 1000, unit: 's' },
    {
      ...named,
      measure: 'until it is ready',
      value: readyMs / 1000,
      unit: 's',
      goal: { under: 10 },
    },
    { ...named, measure: 'until a day is answered', value: answeredMs / 1000, unit: 's' },
    {
      ...named,
      measure: 'slowest refusal',
      value: answers.slowestMs / 1000,
      unit: 's',
      note: said === '' ? 'nothing was refused' : said,
    },
  ];
};
