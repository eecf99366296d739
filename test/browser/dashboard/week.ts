import type { Reading } from '../../../client/src/index.ts';
import type { TestServer } from '../../support/test-server.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const BATCH = 10_000;
/** Of each day, counted back from the end. */
const MISSING_HOUR = 4;

/** The hour of the day, in UTC, with its part. */
const hourOf = (ms: number): number => (ms / (60 * MINUTE_MS)) % 24;

const bpmAt = (ms: number): number => {
  const hour = hourOf(ms);
  const wave = 5 * Math.sin(ms / 2.1e6) + 3 * Math.sin(ms / 3.3e5);
  if (hour < 6.5) return Math.round(52 + wave / 2);
  if (hour >= 17.5 && hour < 18.5)
    return Math.round(140 + 25 * Math.sin((hour - 17.5) * 3.1) + wave);
  return Math.round(74 + wave);
};

const deviceAt = (ms: number): string => {
  const hour = hourOf(ms);
  if (hour >= 17.5 && hour < 18.5) return 'chest-strap';
  return hour >= 9 && hour < 11 ? 'device_a' : 'watch';
};

/**
 * Two readings in each minute of seven days up to `endMs`, but for an hour of each day. It is that
 * hour by distance from the end, not by the clock: what a test points at is there at any time of day.
 */
export const weekOf = (user: string, endMs: number): Reading[] => {
  const end = Math.floor(endMs / MINUTE_MS) * MINUTE_MS;
  const readings: Reading[] = [];
  for (let minute = 7 * DAY_MINUTES; minute > 0; minute--) {
    const ms = end - minute * MINUTE_MS;
    if (Math.floor(minute / 60) % 24 === MISSING_HOUR) continue;
    const of = { user_id: user, device_id: deviceAt(ms) };
    const bpm = bpmAt(ms);
    readings.push({ ...of, timestamp: new Date(ms).toISOString(), heart_rate: bpm });
    readings.push({ ...of, timestamp: new Date(ms + 30_000).toISOString(), heart_rate: bpm + 4 });
  }
  return readings;
};

/** Stores readings by as many batches as they need. */
export const store = async (
  { postJson }: Pick<TestServer, 'postJson'>,
  readings: readonly Reading[],
): Promise<void> => {
  for (let from = 0; from < readings.length; from += BATCH) {
    const batch = { readings: readings.slice(from, from + BATCH) };
    const { status } = await postJson('/metrics/heart-rate/batch', batch);
    if (status !== 200) throw new Error(`A batch was answered ${status}`);
  }
};
