import type { DevicePriority } from '../../src/readings/device-priority.ts';
import type { StoredReading } from '../support/frame-store.ts';

/** Shares nothing with the code under test but these words of the contract. */
export interface OracleRequest {
  readonly userId: string;
  readonly startMicros: number;
  readonly endMicros: number;
  readonly deviceId?: string;
  readonly intervalMicros: number;
  /** Where the bucket of an instant begins, unless it is a multiple of the interval. */
  readonly bucketOf?: (micros: number) => number;
  readonly priorityScope: 'timestamp' | 'bucket';
}

export interface OracleRow {
  readonly bucketMicros: number;
  readonly heartRate: number;
  readonly deviceId: string;
  readonly min: number;
  readonly max: number;
  readonly sampleCount: number;
}

/** Whether id `a` comes before id `b`: by code point, the shorter first when one starts the other. */
const comesBefore = (a: string, b: string): boolean => {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const [p, q] = [x[i]?.codePointAt(0) ?? 0, y[i]?.codePointAt(0) ?? 0];
    if (p !== q) return p < q;
  }
  return x.length < y.length;
};

const priorityOf = (deviceId: string, priorities: readonly DevicePriority[]): number => {
  let best = { length: -1, priority: Number.POSITIVE_INFINITY };
  for (const entry of priorities) {
    const { priority } = entry;
    const isExact = 'deviceId' in entry && entry.deviceId === deviceId;
    if (!isExact && !('prefix' in entry && deviceId.startsWith(entry.prefix))) continue;
    const length = 'prefix' in entry ? entry.prefix.length : Number.POSITIVE_INFINITY;
    const isBetter = length === best.length ? priority < best.priority : length > best.length;
    if (isBetter) best = { length, priority };
  }
  return best.priority;
};

const isBetter = (a: string, b: string, priorities: readonly DevicePriority[]): boolean => {
  const [p, q] = [priorityOf(a, priorities), priorityOf(b, priorities)];
  return p === q ? comesBefore(a, b) : p < q;
};

const bestDevice = (
  readings: readonly StoredReading[],
  priorities: readonly DevicePriority[],
): string => {
  let best: string | undefined;
  for (const { deviceId } of readings) {
    if (best === undefined || isBetter(deviceId, best, priorities)) best = deviceId;
  }
  return best ?? '';
};

const groupsOf = <K>(
  readings: readonly StoredReading[],
  keyOf: (reading: StoredReading) => K,
): Map<K, StoredReading[]> => {
  const groups = new Map<K, StoredReading[]>();
  for (const reading of readings) {
    const group = groups.get(keyOf(reading));
    if (group === undefined) groups.set(keyOf(reading), [reading]);
    else group.push(reading);
  }
  return groups;
};

/** Every double from 16 to 256 is a whole number of these. */
const GRAINS_PER_BEAT = 2n ** 48n;

/**
 * The double nearest to the quotient, of two as near the even one. The 53 bits that it has are
 * worked out in whole numbers, of any length.
 */
const nearestDouble = (numerator: bigint, denominator: bigint): number => {
  const digits = (numerator / denominator).toString(2).length;
  // So that the quotient has 53 bits, or one more than its whole part has when that is longer.
  const places = BigInt(53 - digits);
  const scaled = places >= 0n ? numerator << places : numerator;
  const divisor = places >= 0n ? denominator : denominator << -places;
  const [quotient, twice] = [scaled / divisor, 2n * (scaled % divisor)];
  const isUp = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return Number(isUp ? quotient + 1n : quotient) / 2 ** Number(places);
};

/** The exact sum, divided by the number and rounded once. */
export const exactMean = (rates: readonly number[]): number => {
  let grains = 0n;
  for (const rate of rates) grains += BigInt(rate * Number(GRAINS_PER_BEAT));
  return nearestDouble(grains, BigInt(rates.length) * GRAINS_PER_BEAT);
};

const summary = (
  bucketMicros: number,
  readings: readonly StoredReading[],
  priorities: readonly DevicePriority[],
): OracleRow => {
  const rates = readings.map((reading) => reading.heartRate);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const rate of rates) {
    if (rate < min) min = rate;
    if (rate > max) max = rate;
  }
  const deviceId = bestDevice(readings, priorities);
  const heartRate = exactMean(rates);
  return { bucketMicros, heartRate, deviceId, min, max, sampleCount: rates.length };
};

interface Merged {
  readonly bucketOf: (reading: StoredReading) => number;
  /** Each identity once. */
  readonly latest: readonly StoredReading[];
  /** Those of them that competed with each other. */
  readonly contests: readonly (readonly StoredReading[])[];
  readonly counted: readonly StoredReading[];
}

const merged = (
  stored: readonly StoredReading[],
  priorities: readonly DevicePriority[],
  request: OracleRequest,
): Merged => {
  const inRange = stored.filter(
    (reading) =>
      reading.userId === request.userId &&
      reading.timestampMicros >= request.startMicros &&
      reading.timestampMicros < request.endMicros &&
      (request.deviceId === undefined || reading.deviceId === request.deviceId),
  );

  const latest = new Map<string, StoredReading>();
  for (const reading of inRange) {
    const identity = JSON.stringify([reading.deviceId, reading.timestampMicros]);
    const known = latest.get(identity);
    if (known === undefined || reading.sequence > known.sequence) latest.set(identity, reading);
  }

  const multipleBefore = (micros: number): number =>
    Math.floor(micros / request.intervalMicros) * request.intervalMicros;
  const bucketOf = ({ timestampMicros }: StoredReading): number =>
    (request.bucketOf ?? multipleBefore)(timestampMicros);
  const contestOf = (reading: StoredReading): number =>
    request.priorityScope === 'timestamp' ? reading.timestampMicros : bucketOf(reading);
  const counted: StoredReading[] = [];
  const contests = [...groupsOf([...latest.values()], contestOf).values()];
  for (const rivals of contests) {
    const winner = bestDevice(rivals, priorities);
    counted.push(...rivals.filter((reading) => reading.deviceId === winner));
  }
  return { bucketOf, latest: [...latest.values()], contests, counted };
};

/** The series by brute force: plain loops over plain readings, one rule of the contract a step. */
export const oracleSeries = (
  stored: readonly StoredReading[],
  priorities: readonly DevicePriority[],
  request: OracleRequest,
): OracleRow[] => {
  const { bucketOf, counted } = merged(stored, priorities, request);
  return [...groupsOf(counted, bucketOf)]
    .sort(([a], [b]) => a - b)
    .map(([bucket, readings]) => summary(bucket, readings, priorities));
};

export interface OracleDevice {
  readonly deviceId: string;
  readonly readings: number;
  readonly counted: number;
  readonly rule: string;
}

/** What became of each device's readings, bucket by bucket. */
export const oracleExplanations = (
  stored: readonly StoredReading[],
  priorities: readonly DevicePriority[],
  request: OracleRequest,
): OracleDevice[][] => {
  const { bucketOf, latest, contests, counted } = merged(stored, priorities, request);
  const ruleOf = (own: readonly StoredReading[]): string => {
    if (request.deviceId !== undefined) return 'requested';
    if (own.some((one) => !counted.includes(one))) return 'outranked';
    const isContested = contests.some(
      (rivals) =>
        rivals.some((one) => own.includes(one)) && rivals.some((one) => !own.includes(one)),
    );
    return isContested ? 'preferred' : 'uncontested';
  };
  return [...groupsOf(latest, bucketOf)]
    .sort(([a], [b]) => a - b)
    .map(([, readings]) =>
      [...groupsOf(readings, ({ deviceId }) => deviceId)]
        .sort(([a], [b]) => (isBetter(a, b, priorities) ? -1 : 1))
        .map(([deviceId, own]) => ({
          deviceId,
          readings: own.length,
          counted: own.filter((one) => counted.includes(one)).length,
          rule: ruleOf(own),
        })),
    );
};
