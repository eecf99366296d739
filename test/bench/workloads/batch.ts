import type { Workload } from '../bench.ts';
import { startCeiling } from '../ceilings/start-ceiling.ts';
import type { LoadResult } from '../load/job.ts';
import { inRounds, ofRounds, ratios } from '../rounds.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService, FLUSHED_OFTEN, PATIENT } from '../service.ts';
import { BATCH_SIZE, FIRST_DAY_MS } from '../stored-days.ts';

const WARM_UP_MS = 1_000;
const CONNECTIONS = 4;

type Format = 'json' | 'ndjson';

const readingsPerSecond = (batches: number, ms: number): number =>
  (batches * BATCH_SIZE * 1000) / ms;

const atAck = ({ latenciesMs, wallMs }: LoadResult): number =>
  readingsPerSecond(latenciesMs.length, wallMs);

export const batch: Workload = async ({ options, load, step }) => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir, { ...FLUSHED_OFTEN, ...PATIENT });
  const hono = await startCeiling('hono');
  let sent = 0;

  const post = async (url: string, format: Format, durationMs: number): Promise<LoadResult> => {
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
    if (result.otherStatuses.size > 0) throw new Error(`${url} refused batches`);
    return result;
  };
  const turn = async (name: string, url: string, format: Format): Promise<LoadResult> => {
    step(`batches of ${BATCH_SIZE} as ${format} to ${name}`);
    await post(url, format, WARM_UP_MS);
    return post(url, format, options.seconds * 1000);
  };
  const url = await service.ready;
  const serviceTurn = (format: Format) => async () => {
    const startMs = performance.now();
    const sentBefore = sent;
    const result = await turn('the service', url, format);
    step('waiting until all is in Parquet');
    await service.flushed();
    const inParquet = readingsPerSecond(sent - sentBefore, performance.now() - startMs);
    await service.settle();
    return { atAck: atAck(result), inParquet };
  };

  const rounds = await inRounds(options.rounds, {
    json: serviceTurn('json'),
    hono: async () => {
      const perSecond = atAck(await turn('Hono + Zod', hono.url, 'json'));
      return { atAck: perSecond, inParquet: 0 };
    },
    ndjson: serviceTurn('ndjson'),
  });
  await service.stop();
  hono.stop();
  removeScratchFolder(dataDir);

  const work = (format: string) => ({
    workload: 2,
    work: `batch of ${BATCH_SIZE}, ${format}, durable, ${CONNECTIONS} connections`,
    unit: '/s',
  });
  const [json, ndjson] = [work('JSON'), work('NDJSON')];
  const rates = (of: keyof typeof rounds, when: 'atAck' | 'inParquet' = 'atAck') =>
    rounds[of].map((one) => one[when]);
  const late = { note: 'to the last flush after the last ack' };
  return [
    { ...json, measure: 'readings at ack', ...ofRounds(rates('json')) },
    { ...json, measure: 'readings in Parquet', ...ofRounds(rates('json', 'inParquet')), ...late },
    { ...json, measure: 'Hono + Zod, nothing stored', ...ofRounds(rates('hono')) },
    {
      ...json,
      measure: 'of Hono + Zod',
      ...ofRounds(ratios(rates('json'), rates('hono'))),
      unit: 'x',
      goal: { atLeast: 0.6 },
    },
    { ...ndjson, measure: 'readings at ack', ...ofRounds(rates('ndjson')) },
    {
      ...ndjson,
      measure: 'readings in Parquet',
      ...ofRounds(rates('ndjson', 'inParquet')),
      ...late,
    },
  ];
};
