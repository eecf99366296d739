import { setTimeout as sleep } from 'node:timers/promises';
import type { Workload } from '../bench.ts';
import { type PastReading, postPastReadings } from '../load/past-readings.ts';
import { userId } from '../load/readings.ts';
import { partsOnDisk } from '../parts-on-disk.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService } from '../service.ts';
import { mean, percentile } from '../statistics.ts';
import { DAY_MS, FIRST_DAY_MS } from '../stored-days.ts';

const DAYS = 365;
const HOUR_MS = 3_600_000;
/** Of a user, and of a second. */
const READINGS = (DAYS * DAY_MS) / HOUR_MS;
const INTERVAL_MS = 1_000;
/** Twice what a segment may wait for its flush when nothing is in the way. */
const MAX_BACKLOG_SECONDS = 120;

/** Every hour of a year, each user a little later than the one before. */
const yearOf = (user: number): PastReading[] =>
  Array.from({ length: READINGS }, (_, hour) => ({
    userId: userId(user),
    atMs: FIRST_DAY_MS + hour * HOUR_MS + user * 1_000,
    heartRate: 55 + ((hour * 7 + user) % 60),
  }));

interface Backlog {
  readonly segments: number;
  /** How long the oldest reading that is not in Parquet has waited, as they come at one rate. */
  readonly seconds: number;
}

const backlogOf = async (service: BenchedService): Promise<Backlog> => {
  const { segments, unflushed_readings } = await service.storage();
  return { segments, seconds: (unflushed_readings * INTERVAL_MS) / 1000 / READINGS };
};

/** A user a second sends a year of hourly values, for so long. */
export const yearSync: Workload = async ({ options, step }) => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir);
  const url = await service.ready;
  const syncs = Math.ceil((options.yearSyncMinutes * 60_000) / INTERVAL_MS);
  const answering: Promise<void>[] = [];
  const latenciesMs: number[] = [];
  const refusals: number[] = [];
  const backlogs: Backlog[] = [];
  const sync = async (user: number): Promise<void> => {
    const sentMs = performance.now();
    const status = await postPastReadings(url, yearOf(user));
    if (status === 200) latenciesMs.push(performance.now() - sentMs);
    else refusals.push(status);
  };
  const startMs = performance.now();
  for (let user = 0; user < syncs; user++) {
    answering.push(sync(user));
    const backlog = await backlogOf(service);
    backlogs.push(backlog);
    if (user % 60 === 0) {
      step(
        `year-sync: ${user} of ${syncs} users, ${backlog.segments} segments, ` +
          `oldest ${backlog.seconds.toFixed(0)} s`,
      );
    }
    await sleep(startMs + (user + 1) * INTERVAL_MS - performance.now());
  }
  await Promise.all(answering);
  const atEnd = partsOnDisk(dataDir);
  const merges = (await service.metrics())('heart_rate_compaction_duration_seconds_count');
  const backlog = await backlogOf(service);
  step('year-sync: until it is at rest');
  await service.settle();
  const atRest = partsOnDisk(dataDir);
  await service.stop();
  removeScratchFolder(dataDir);

  const named = {
    workload: 10,
    work: `a user a second syncs ${DAYS} days of hourly values, ${options.yearSyncMinutes} min`,
  };
  const most = { measure: 'parts a day at the end, most', unit: 'parts', goal: { atMost: 8 } };
  return [
    { ...named, measure: 'POST p99', value: percentile(latenciesMs, 0.99), unit: 'ms' },
    { ...named, measure: 'refused', value: refusals.length, unit: 'POSTs', goal: { atMost: 0 } },
    {
      ...named,
      measure: 'oldest not in Parquet, most',
      value: Math.max(...backlogs.map(({ seconds }) => seconds)),
      unit: 's',
      goal: { under: MAX_BACKLOG_SECONDS },
      note: `at the end ${backlog.seconds.toFixed(0)} s`,
    },
    {
      ...named,
      measure: 'segments, most',
      value: Math.max(...backlogs.map(({ segments }) => segments)),
      unit: 'segments',
      note: `at the end ${backlog.segments}`,
    },
    { ...named, ...most, value: Math.max(0, ...atEnd.ofDay), note: `${merges} merges by then` },
    { ...named, measure: 'parts a day at the end, mean', value: mean(atEnd.ofDay), unit: 'parts' },
    {
      ...named,
      ...most,
      measure: 'parts a day at rest, most',
      value: Math.max(0, ...atRest.ofDay),
    },
  ];
};
