import { setTimeout as sleep } from 'node:timers/promises';
import type { Workload } from '../bench.ts';
import { userId } from '../load/readings.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService } from '../service.ts';
import { slope } from '../statistics.ts';
import { FIRST_DAY_MS } from '../stored-days.ts';

const READINGS_PER_SECOND = 5_000;
const BATCH_SIZE = 100;
/** Two devices each, one reading every five seconds: what makes 5,000 a second. */
const USERS = 12_500;
const QUERIES_PER_SECOND = 5;
const SAMPLE_INTERVAL_MS = 10_000;
const MB = 1e6;
const MAX_MB = 450;
const MAX_GROWTH_MB_PER_MINUTE = 0.3;
/** In a shorter one the memory is still on its way to what it needs. */
const TELLING_MINUTES = 10;

export const soak: Workload = async ({ options, load, otherLoad, step }) => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir);
  const url = await service.ready;
  const durationMs = options.soakMinutes * 60_000;
  const startMs = performance.now();
  const samples: { x: number; y: number }[] = [];
  const sample = async () => {
    const minutes = (performance.now() - startMs) / 60_000;
    const residentMb = (await service.metrics())('process_resident_memory_bytes') / MB;
    samples.push({ x: minutes, y: residentMb });
    const isNewMinute = Math.floor(minutes) > Math.floor(samples.at(-2)?.x ?? -1);
    if (isNewMinute) {
      step(
        `soak: ${minutes.toFixed(0)} of ${options.soakMinutes} min, ${residentMb.toFixed(0)} MB`,
      );
    }
  };

  await sample();
  const posting = load.run({
    url,
    connections: 16,
    requests: {
      kind: 'readings',
      format: 'json',
      size: BATCH_SIZE,
      users: USERS,
      firstDayMs: FIRST_DAY_MS,
      firstRequest: 0,
    },
    durationMs,
    ratePerSecond: READINGS_PER_SECOND / BATCH_SIZE,
  });
  const range = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
  const paths = Array.from(
    { length: USERS },
    (_, user) => `/metrics/heart-rate?user_id=${userId(user)}&${range}`,
  );
  const querying = otherLoad.run({
    url,
    connections: 1,
    requests: { kind: 'queries', paths, order: 'random' },
    durationMs,
    ratePerSecond: QUERIES_PER_SECOND,
  });
  while (performance.now() - startMs + SAMPLE_INTERVAL_MS < durationMs) {
    await sleep(SAMPLE_INTERVAL_MS);
    await sample();
  }
  const [posted] = await Promise.all([posting, querying]);
  await sample();
  await service.stop();
  removeScratchFolder(dataDir);

  const named = {
    workload: 7,
    work: `memory, ${READINGS_PER_SECOND} readings/s and ${QUERIES_PER_SECOND} queries/s for ${options.soakMinutes} min`,
    unit: 'MB',
  };
  const megabytes = samples.map(({ y }) => y);
  const secondHalf = samples.filter(({ x }) => x >= options.soakMinutes / 2);
  const refused = posted.sent - posted.latenciesMs.length;
  return [
    { ...named, measure: 'at start', value: megabytes[0] ?? Number.NaN },
    { ...named, measure: 'at end', value: megabytes.at(-1) ?? Number.NaN },
    {
      ...named,
      measure: 'most',
      value: Math.max(...megabytes),
      rounds: megabytes,
      goal: { atMost: MAX_MB },
      ...(refused > 0 ? { note: `${refused} batches were refused` } : {}),
    },
    {
      ...named,
      measure: 'growth, second half',
      value: slope(secondHalf),
      unit: 'MB/min',
      ...(options.soakMinutes < TELLING_MINUTES
        ? { note: `has a goal from ${TELLING_MINUTES} minutes on` }
        : { goal: { under: MAX_GROWTH_MB_PER_MINUTE } }),
    },
  ];
};
