import type { Bench, Workload } from '../bench.ts';
import { type Asked, allDays, ask, firstQuery, warmUp } from '../day-queries.ts';
import type { Figure, Goal } from '../figure.ts';
import { ofRounds } from '../rounds.ts';
import { BenchedService } from '../service.ts';
import { percentile } from '../statistics.ts';
import { readingsOfDay } from '../stored-days.ts';

/** Milliseconds. */
const FIRST_ASKED_GOAL: Goal = { atMost: 3 };

interface Turn {
  readonly firstMs: number;
  readonly once: Asked;
  readonly again: Asked;
}

/** Only a new process knows nothing of what was asked before. */
const turn = async (bench: Bench, dataDir: string, connections: number): Promise<Turn> => {
  const { options, load, step } = bench;
  step(`a user's day, ${connections} ${connections === 1 ? 'connection' : 'connections'}`);
  const service = new BenchedService(dataDir);
  const url = await service.ready;
  const firstMs = await firstQuery(url);
  const stored = { users: options.users, days: 1 };
  await warmUp(load, url, stored);
  const paths = allDays(stored);
  const once = await ask(load, url, paths, { connections });
  const again = await ask(load, url, paths, { connections, seconds: options.seconds / 2 });
  await service.stop();
  return { firstMs, once, again };
};

export const day: Workload = async (bench) => {
  const { options, stored, step } = bench;
  step(`storing ${readingsOfDay(options.users)} readings`);
  const folder = await stored.copy(options.users, 1);
  const alone: Turn[] = [];
  const eight: Turn[] = [];
  for (let round = 0; round < options.rounds; round++) {
    alone.push(await turn(bench, folder.dataDir, 1));
    eight.push(await turn(bench, folder.dataDir, 8));
  }
  stored.discard(folder);

  const millions = (readingsOfDay(options.users) / 1e6).toFixed(2);
  const figures = (
    turns: readonly Turn[],
    kind: 'once' | 'again',
    connections: string,
    goal?: Goal,
  ): Figure[] => {
    const latenciesMs = turns.flatMap((one) => one[kind].latenciesMs);
    const named = {
      workload: 3,
      work: `a user's day of ${millions} M readings, ${kind === 'once' ? 'first asked' : 'again'}, ${connections}`,
      samples: latenciesMs.length,
    };
    return [
      {
        ...named,
        measure: 'p50',
        value: percentile(latenciesMs, 0.5),
        unit: 'ms',
        ...(goal === undefined ? {} : { goal }),
      },
      { ...named, measure: 'p99', value: percentile(latenciesMs, 0.99), unit: 'ms' },
      {
        ...named,
        measure: 'queries',
        ...ofRounds(turns.map((one) => one[kind].perSecond)),
        unit: '/s',
      },
    ];
  };
  return [
    {
      workload: 3,
      work: 'the very first query of a process',
      measure: 'time',
      ...ofRounds([...alone, ...eight].map(({ firstMs }) => firstMs)),
      unit: 'ms',
    },
    ...figures(alone, 'once', '1 connection', FIRST_ASKED_GOAL),
    ...figures(alone, 'again', '1 connection'),
    ...figures(eight, 'once', '8 connections'),
    ...figures(eight, 'again', '8 connections'),
  ];
};
