import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Workload } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { storePastReadings } from '../load/past-readings.ts';
import { everySecond } from '../many-days.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService, PATIENT } from '../service.ts';
import { BATCH_SIZE } from '../stored-days.ts';

const USER = 'exported';
/** A million readings. */
const DAYS = 12;
const FORMATS = ['ndjson', 'csv', 'parquet', 'fhir'] as const;
const SAMPLE_INTERVAL_MS = 20;
const MIB = 2 ** 20;
const MAX_GROWTH_MIB = 100;

interface Measured {
  readonly readingsPerSecond: number;
  readonly grownMib: number;
  readonly longestLagMs: number;
}

/** Reads a response to its end, keeps nothing of it, and resolves with how long that took. */
const drain = async (url: string): Promise<number> => {
  const startMs = performance.now();
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`an export: ${response.statusCode}`);
  await once(response.resume(), 'end');
  return performance.now() - startMs;
};

/** Downloads a format from a service that has just begun, and has sent none yet. */
const download = async (dataDir: string, format: string, readings: number): Promise<Measured> => {
  const service = new BenchedService(dataDir);
  const url = `${await service.ready}/metrics/heart-rate/export?user_id=${USER}&format=${format}`;
  // What a service at work has loaded anyway.
  await drain(`${url}&end=2024-01-15T00:01:00Z`);
  await service.metrics();
  const before = service.residentBytes();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, service.residentBytes());
  }, SAMPLE_INTERVAL_MS);
  const wholeMs = await drain(url);
  clearInterval(timer);
  const metric = await service.metrics();
  await service.stop();
  return {
    readingsPerSecond: (readings / wholeMs) * 1000,
    grownMib: (most - before) / MIB,
    longestLagMs: metric('nodejs_eventloop_lag_max_seconds') * 1000,
  };
};

/** A million readings in each format, each from a process of its own. */
export const exported: Workload = async ({ step }) => {
  step('storing a million readings of one user');
  const dataDir = scratchFolder();
  const filling = new BenchedService(dataDir, PATIENT);
  await storePastReadings(await filling.ready, everySecond(USER, DAYS), BATCH_SIZE);
  await filling.settle();
  await filling.stop();
  const figures: Figure[] = [];
  for (const format of FORMATS) {
    step(`exporting them as ${format}`);
    const measured = await download(dataDir, format, DAYS * 86_400);
    const named = { workload: 16, work: `a million readings as ${format}` };
    figures.push(
      { ...named, measure: 'rate', value: measured.readingsPerSecond, unit: 'readings/s' },
      {
        ...named,
        measure: 'memory grown',
        value: measured.grownMib,
        unit: 'MiB',
        goal: { under: MAX_GROWTH_MIB },
      },
      {
        ...named,
        measure: 'longest wait of others',
        value: measured.longestLagMs,
        unit: 'ms',
        note: 'as the event loop tells it, to within 10 ms',
      },
    );
  }
  removeScratchFolder(dataDir);
  return figures;
};
