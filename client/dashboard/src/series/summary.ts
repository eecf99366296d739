import type { Point } from './points.ts';

const FIVE_MINUTES_MS = 300_000;

/** A heart rate, and since when. */
export interface Extreme {
  readonly bpm: number;
  readonly startMs: number;
}

export interface Summary {
  /** The lowest mean of five minutes; undefined where the buckets are longer than that. */
  readonly resting: Extreme | undefined;
  /** The mean of the buckets' means, so that each minute counts alike however often it was measured. */
  readonly mean: number;
  /** The largest reading, and the bucket it is in. */
  readonly peak: Extreme;
  /** How much time has readings: whole buckets. */
  readonly coveredMs: number;
  /** … by the device that won them. */
  readonly coveredMsByDevice: ReadonlyMap<string, number>;
}

interface Sum {
  total: number;
  readings: number;
}

/** The mean of all readings of each five minutes, of buckets that fit into them. */
const fiveMinuteMeans = (points: readonly Point[]): Extreme[] => {
  const sums = new Map<number, Sum>();
  for (const { startMs, mean, readings } of points) {
    const bucketMs = Math.floor(startMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
    const sum = sums.get(bucketMs) ?? { total: 0, readings: 0 };
    sum.total += mean * readings;
    sum.readings += readings;
    sums.set(bucketMs, sum);
  }
  return [...sums].map(([startMs, { total, readings }]) => ({ startMs, bpm: total / readings }));
};

const least = (a: Extreme, b: Extreme): Extreme => (b.bpm < a.bpm ? b : a);

/** Undefined without points. */
export const summaryOf = (points: readonly Point[], widthMs: number): Summary | undefined => {
  if (points.length === 0) return undefined;
  const coveredMsByDevice = new Map<string, number>();
  let total = 0;
  let peak: Extreme = { bpm: Number.NEGATIVE_INFINITY, startMs: 0 };
  for (const { startMs, mean, max, device } of points) {
    total += mean;
    if (max > peak.bpm) peak = { bpm: max, startMs };
    coveredMsByDevice.set(device, (coveredMsByDevice.get(device) ?? 0) + widthMs);
  }
  return {
    resting: widthMs <= FIVE_MINUTES_MS ? fiveMinuteMeans(points).reduce(least) : undefined,
    mean: total / points.length,
    peak,
    coveredMs: points.length * widthMs,
    coveredMsByDevice,
  };
};
