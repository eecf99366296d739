import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Workload } from '../bench.ts';
import type { LoadResult } from '../load/job.ts';
import { postPastReadings } from '../load/past-readings.ts';
import { oneADay } from '../many-days.ts';
import { partsOnDisk } from '../parts-on-disk.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService, FLUSHED_OFTEN } from '../service.ts';
import { percentile } from '../statistics.ts';
import { FIRST_DAY_MS } from '../stored-days.ts';

const LATE_USER = 'long_away';
const POSTS_PER_SECOND = 200;
const POST_CONNECTIONS = 64;
const HEALTH_CHECK_MS = 100;
/** Others post for so long before the late data comes and after it should be in Parquet. */
const LEAD_MS = 1_000;

const sendLate = async (url: string, days: number): Promise<void> => {
  const status = await postPastReadings(url, oneADay(LATE_USER, days));
  if (status !== 200) throw new Error(`the late data was answered ${status}`);
};

interface Alone {
  readonly ackMs: number;
  readonly inParquetMs: number;
  readonly cpuSeconds: number;
  readonly bytesPerReading: number;
}

/** Nothing else goes on, and the settings are the defaults. */
const alone = async (days: number): Promise<Alone> => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir);
  const url = await service.ready;
  const cpuSeconds = async () => (await service.metrics())('process_cpu_seconds_total');
  const cpuBefore = await cpuSeconds();
  const startMs = performance.now();
  await sendLate(url, days);
  const ackMs = performance.now() - startMs;
  await service.flushed();
  const inParquetMs = performance.now() - startMs;
  const result = {
    ackMs,
    inParquetMs,
    cpuSeconds: (await cpuSeconds()) - cpuBefore,
    bytesPerReading: partsOnDisk(dataDir).bytes / days,
  };
  await service.kill();
  removeScratchFolder(dataDir);
  return result;
};

interface Beside {
  readonly quiet: LoadResult;
  readonly posted: LoadResult;
  readonly inParquetMs: number;
  readonly mostSegments: number;
}

/** Others post all the while, and their segments close every two seconds. */
const besideOthers = async ({ load, options }: Bench, aloneMs: number): Promise<Beside> => {
  const { lateDays: days, seconds, users } = options;
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir, FLUSHED_OFTEN);
  const url = await service.ready;
  let sent = 0;
  const post = async (durationMs: number): Promise<LoadResult> => {
    const result = await load.run({
      url,
      connections: POST_CONNECTIONS,
      requests: {
        kind: 'readings',
        format: 'single',
        size: 1,
        users,
        firstDayMs: FIRST_DAY_MS,
        firstRequest: sent,
      },
      durationMs,
      ratePerSecond: POSTS_PER_SECOND,
    });
    sent += result.sent;
    return result;
  };
  await post(LEAD_MS);
  const quiet = await post(seconds * 1000);
  const posting = post(LEAD_MS + aloneMs + LEAD_MS);
  await sleep(LEAD_MS);
  const startMs = performance.now();
  await sendLate(url, days);
  let mostSegments = 0;
  // Of the others there is one day, in a few parts.
  for (let parts = 0; parts <= days; ) {
    const storage = await service.storage();
    parts = storage.parts;
    mostSegments = Math.max(mostSegments, storage.segments);
    await sleep(HEALTH_CHECK_MS);
  }
  const inParquetMs = performance.now() - startMs;
  const posted = await posting;
  await service.kill();
  removeScratchFolder(dataDir);
  return { quiet, posted, inParquetMs, mostSegments };
};

const refusals = ({ otherStatuses }: LoadResult): string =>
  [...otherStatuses].map(([status, times]) => `, ${times} answered ${status}`).join('');

export const lateData: Workload = async (bench) => {
  const days = bench.options.lateDays;
  bench.step(`one POST of ${days} readings on ${days} days`);
  const late = await alone(days);
  bench.step(`one POST of ${days} readings on ${days} days, others post beside it`);
  const { quiet, posted, inParquetMs, mostSegments } = await besideOthers(bench, late.inParquetMs);
  const goal = { under: 20 } as const;
  const size = days.toLocaleString('en-US');
  const one = { workload: 9, work: `a POST of ${size} readings on ${size} days` };
  const others = {
    workload: 9,
    work: `${POSTS_PER_SECOND} POSTs/s of others beside it`,
    unit: 'ms',
  };
  const p99 = (result: LoadResult) => percentile(result.latenciesMs, 0.99);
  return [
    { ...one, measure: 'until the answer', value: late.ackMs / 1000, unit: 's' },
    { ...one, measure: 'until all is in Parquet', value: late.inParquetMs / 1000, unit: 's', goal },
    { ...one, measure: 'CPU', value: late.cpuSeconds, unit: 's' },
    { ...one, measure: 'a reading', value: late.bytesPerReading, unit: 'bytes' },
    {
      ...others,
      measure: 'p99',
      value: p99(posted),
      goal: { under: 10 },
      samples: posted.latenciesMs.length,
      note: `quiet: ${p99(quiet).toFixed(2)} ms${refusals(posted)}`,
    },
    { ...others, measure: 'slowest', value: percentile(posted.latenciesMs, 1) },
    {
      ...others,
      measure: 'until the late data is in Parquet',
      value: inParquetMs / 1000,
      unit: 's',
      goal,
      note: `segments at most: ${mostSegments}`,
    },
  ];
};
