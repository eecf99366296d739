import type { Workload } from '../bench.ts';
import { startCeiling } from '../ceilings/start-ceiling.ts';
import { inRounds, ofRounds, ratios } from '../rounds.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService, FLUSHED_OFTEN } from '../service.ts';
import { BATCH_SIZE, FIRST_DAY_MS } from '../stored-days.ts';

const WARM_UP_MS = 1_000;
const CONNECTIONS = 4;

export const batch: Workload = async ({ options, load, step }) => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir, FLUSHED_OFTEN);
  const hono = await startCeiling('hono');
  let sent = 0;
  let refused = 0;

  const post = async (url: string, format: 'json' | 'ndjson', durationMs: number) => {
    const requests = {
      kind: 'readings',
      format,
      size: BATCH_SIZE,
      users: options.users,
      firstDayMs: FIRST_DAY_MS,
      firstRequest: sent,
    } as const;
    const result = await load.run({ url, connections: CONNECTIONS, requests, durationMs });
    sent += result.sent;
    refused += result.sent - result.latenciesMs.length;
    return (result.latenciesMs.length * BATCH_SIZE * 1000) / result.wallMs;
  };
  const turn = async (name: string, url: string, format: 'json' | 'ndjson') => {
    step(`batches of ${BATCH_SIZE} as ${format} to ${name}`);
    await post(url, format, WARM_UP_MS);
    return post(url, format, options.seconds * 1000);
  };
  const url = await service.ready;
  const serviceTurn = (format: 'json' | 'ndjson') => async () => {
    const perSecond = await turn('the service', url, format);
    step('waiting until the service is at rest');
    await service.settle();
    return perSecond;
  };

  const rates = await inRounds(options.rounds, {
    json: serviceTurn('json'),
    hono: () => turn('Hono + Zod', hono.url, 'json'),
    ndjson: serviceTurn('ndjson'),
  });
  await service.stop();
  hono.stop();
  removeScratchFolder(dataDir);

  const json = {
    workload: 2,
    work: `batch of ${BATCH_SIZE}, JSON, durable, ${CONNECTIONS} connections`,
  };
  const ndjson = { ...json, work: json.work.replace('JSON', 'NDJSON') };
  const note = refused > 0 ? { note: `${refused} batches were refused` } : {};
  return [
    { ...json, measure: 'readings at ack', ...ofRounds(rates.json), unit: '/s', ...note },
    { ...json, measure: 'Hono + Zod, nothing stored', ...ofRounds(rates.hono), unit: '/s' },
    {
      ...json,
      measure: 'of Hono + Zod',
      ...ofRounds(ratios(rates.json, rates.hono)),
      unit: 'x',
      goal: { atLeast: 0.6 },
    },
    { ...ndjson, measure: 'readings at ack', ...ofRounds(rates.ndjson), unit: '/s', ...note },
  ];
};
