import type { Workload } from '../bench.ts';
import { postPastReadings } from '../load/past-readings.ts';
import { oneADay } from '../many-days.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService } from '../service.ts';
import { median } from '../statistics.ts';

const EVERY_DAY_USER = 'every_day';
const TEN_DAYS_USER = 'ten_days';
const TEN_DAYS = 10;
const UNKNOWN_USERS = 20;

const storeDays = async (days: number): Promise<string> => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir);
  const url = await service.ready;
  for (const readings of [oneADay(EVERY_DAY_USER, days), oneADay(TEN_DAYS_USER, TEN_DAYS)]) {
    const status = await postPastReadings(url, readings);
    if (status !== 200) throw new Error(`past readings were answered ${status}`);
  }
  await service.settle();
  await service.stop();
  return dataDir;
};

/** How long an erasure takes to be answered; it must void just so many readings. */
const erase = async (url: string, userId: string, readings: number): Promise<number> => {
  const startMs = performance.now();
  const answer = await fetch(`${url}/metrics/heart-rate?user_id=${userId}`, { method: 'DELETE' });
  const { count = 0 } = (await answer.json()) as { count?: number };
  const tookMs = performance.now() - startMs;
  if (count === readings) return tookMs;
  throw new Error(`${count} readings of ${userId} were erased, not ${readings} (${answer.status})`);
};

export const erasure: Workload = async ({ options, step }) => {
  const days = options.lateDays;
  step(`storing ${days} days of one reading`);
  const dataDir = await storeDays(days);
  step(`erasures with ${days} days stored`);
  const service = new BenchedService(dataDir);
  const url = await service.ready;
  const atOnceMs = await erase(url, 'nobody', 0);
  await service.settle();
  const unknownMs: number[] = [];
  for (let user = 0; user < UNKNOWN_USERS; user++) {
    unknownMs.push(await erase(url, `nobody_${user}`, 0));
  }
  const tenDaysMs = await erase(url, TEN_DAYS_USER, TEN_DAYS);
  await service.settle();
  const everyDayMs = await erase(url, EVERY_DAY_USER, days);
  const answeredMs = performance.now();
  await service.settle();
  const settledMs = performance.now() - answeredMs;
  await service.stop();
  removeScratchFolder(dataDir);

  const stored = `${days.toLocaleString('en-US')} days stored`;
  const unknown = { workload: 12, work: `erasure of an unknown user, ${stored}`, unit: 'ms' };
  const known = { workload: 12, work: `erasure of a known user, ${stored}`, unit: 'ms' };
  const goal = { under: 50 } as const;
  const samples = unknownMs.length;
  return [
    { ...unknown, measure: 'p50', value: median(unknownMs), samples, goal },
    { ...unknown, measure: 'slowest', value: Math.max(...unknownMs), samples, goal },
    { ...unknown, measure: 'as soon as it is ready', value: atOnceMs },
    { ...known, measure: 'of ten days', value: tenDaysMs },
    { ...known, measure: 'of every day', value: everyDayMs },
    { ...known, measure: 'of every day, until at rest', value: settledMs / 1000, unit: 's' },
  ];
};
