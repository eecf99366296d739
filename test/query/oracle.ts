import type { DevicePriority } from '../../src/readings/device-priority.ts';
import type { StoredReading } from '../support/frame-store.ts';

/** Shares nothing with the code under test but these words of the contract. */
export interface OracleRequest {
  readonly userId: string;
  readonly startMicros: number;
  readonly endMicros: number;
  readonly deviceId?: string;
  readonly intervalMicros: number;
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
  let best = Number.POSITIVE_INFINITY;
  for (const listed of priorities) {
    if (listed.deviceId === deviceId && listed.priority < best) best = listed.priority;
  }
  return best;
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
const GRAIN = 2 ** -48;

/** The sum without any error, rounded once to a double and then divided. */
const exactMean = (rates: readonly number[]): number => {
  let grains = 0n;
  for (const rate of rates) grains += BigInt(rate / GRAIN);
  return (Number(grains) * GRAIN) / rates.length;
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

/** The series by brute force: plain loops over plain readings, one rule of the contract a step. */
export const oracleSeries = (
  stored: readonly StoredReading[],
  priorities: readonly DevicePriority[],
  request: OracleRequest,
): OracleRow[] => {
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

  const bucketOf = ({ timestampMicros }: StoredReading): number =>
    Math.floor(timestampMicros / request.intervalMicros) * request.intervalMicros;
  const contestOf = (reading: StoredReading): number =>
    request.priorityScope === 'timestamp' ? reading.timestampMicros : bucketOf(reading);
  const counted: StoredReading[] = [];
  for (const rivals of groupsOf([...latest.values()], contestOf).values()) {
    const winner = bestDevice(rivals, priorities);
    counted.push(...rivals.filter((reading) => reading.deviceId === winner));
  }

  return [...groupsOf(counted, bucketOf)]
    .sort(([a], [b]) => a - b)
    .map(([bucket, readings]) => summary(bucket, readings, priorities));
};
