import type { Workload } from '../bench.ts';
import { startCeiling } from '../ceilings/start-ceiling.ts';
import { inRounds, ofRounds, ratios } from '../rounds.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService, FLUSHED_OFTEN } from '../service.ts';
import { percentile } from '../statistics.ts';
import { ratePerSecond, singlePosts } from './single-posts.ts';

const WARM_UP_MS = 1_000;
const work = { workload: 1, work: 'single durable POST, 64 connections' } as const;

export const single: Workload = async ({ options, load, step }) => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir, FLUSHED_OFTEN);
  const hono = await startCeiling('hono');
  const nodeHttp = await startCeiling('nodeHttp');
  const send = singlePosts({ options, load });

  const post = async (url: string, durationMs: number) => {
    const result = await send(url, durationMs);
    return {
      perSecond: ratePerSecond(result),
      p50Ms: percentile(result.latenciesMs, 0.5),
      p99Ms: percentile(result.latenciesMs, 0.99),
    };
  };
  const turn = async (name: string, url: string) => {
    step(`single POSTs to ${name}`);
    await post(url, WARM_UP_MS);
    return post(url, options.seconds * 1000);
  };

  const url = await service.ready;
  const results = await inRounds(options.rounds, {
    service: async () => {
      const result = await turn('the service', url);
      // What it has left to do is not to slow down the next.
      await service.settle();
      return result;
    },
    hono: () => turn('Hono + Zod', hono.url),
    nodeHttp: () => turn('node:http', nodeHttp.url),
  });
  await service.stop();
  hono.stop();
  nodeHttp.stop();
  removeScratchFolder(dataDir);

  const rates = (of: keyof typeof results) => results[of].map(({ perSecond }) => perSecond);
  const p50s = results.service.map(({ p50Ms }) => p50Ms);
  const p99s = results.service.map(({ p99Ms }) => p99Ms);
  return [
    { ...work, measure: 'rate', ...ofRounds(rates('service')), unit: '/s' },
    { ...work, measure: 'p50', ...ofRounds(p50s), unit: 'ms' },
    { ...work, measure: 'p99', ...ofRounds(p99s), unit: 'ms' },
    { ...work, measure: 'Hono + Zod, nothing stored', ...ofRounds(rates('hono')), unit: '/s' },
    { ...work, measure: 'node:http, nothing stored', ...ofRounds(rates('nodeHttp')), unit: '/s' },
    {
      ...work,
      measure: 'of Hono + Zod',
      ...ofRounds(ratios(rates('service'), rates('hono'))),
      unit: 'x',
      goal: { atLeast: 0.85 },
    },
    {
      ...work,
      measure: 'of node:http',
      ...ofRounds(ratios(rates('service'), rates('nodeHttp'))),
      unit: 'x',
    },
  ];
};
