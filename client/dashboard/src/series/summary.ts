import { overlapOf, type Span } from '../view/range.ts';
import type { Point } from './points.ts';

const FIVE_MINUTES_MS = 300_000;

/** A heart rate, and since when. */
export interface Extreme {
  readonly bpm: number;
  readonly startMs: number;
}

export interface Summary {
  /**
   * The lowest mean of five whole minutes; undefined where the buckets are longer than that, and
   * where no five minutes are whole.
   */
  readonly resting: Extreme | undefined;
  /** The mean of the buckets' means, so that each minute counts alike however often it was measured. */
  readonly mean: number;
  /** The largest reading, and the bucket it is in. */
  readonly peak: Extreme;
  /** How much time has readings: buckets, as far as they are in the span. */
  readonly coveredMs: number;
  /** … by the device that won them. */
  readonly coveredMsByDevice: ReadonlyMap<string, number>;
}

interface Sum {
  total: number;
  readings: number;
  buckets: number;
}

/**
 * The mean of all readings of each five minutes, of buckets that fit into them. Those that the span
 * cuts, and those with a bucket that has no reading, are left out: they are of less than five minutes.
 */
const fiveMinuteMeans = (points: readonly Point[], widthMs: number, span: Span): Extreme[] => {
  const sums = new Map<number, Sum>();
  for (const { startMs, mean, readings } of points) {
    const bucketMs = Math.floor(startMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
    const sum = sums.get(bucketMs) ?? { total: 0, readings: 0, buckets: 0 };
    sum.total += mean * readings;
    sum.readings += readings;
    sum.buckets++;
    sums.set(bucketMs, sum);
  }
  return [...sums]
    .filter(([, { buckets }]) => buckets * widthMs === FIVE_MINUTES_MS)
    .filter(([ms]) => span.startMs <= ms && ms + FIVE_MINUTES_MS <= span.endMs)
    .map(([startMs, { total, readings }]) => ({ startMs, bpm: total / readings }));
};

const lowestOf = (extremes: readonly Extreme[]): Extreme | undefined =>
  extremes.reduce<Extreme | undefined>(
    (lowest, each) => (lowest === undefined || each.bpm < lowest.bpm ? each : lowest),
    undefined,
  );

/** Of the points of a span, which are `widthMs` long; undefined without points. */
export const summaryOf = (
  points: readonly Point[],
  widthMs: number,
  span: Span,
): Summary | undefined => {
  if (points.length === 0) return undefined;
  const coveredMsByDevice = new Map<string, number>();
  let coveredMs = 0;
  let total = 0;
  let peak: Extreme = { bpm: Number.NEGATIVE_INFINITY, startMs: 0 };
  for (const { startMs, mean, max, device } of points) {
    total += mean;
    if (max > peak.bpm) peak = { bpm: max, startMs };
    const covered = overlapOf({ startMs, endMs: startMs + widthMs }, span);
    const inSpanMs = covered === undefined ? 0 : covered.endMs - covered.startMs;
    coveredMs += inSpanMs;
    coveredMsByDevice.set(device, (coveredMsByDevice.get(device) ?? 0) + inSpanMs);
  }
  return {
    resting: lowestOf(fiveMinuteMeans(points, widthMs, span)),
    mean: total / points.length,
    peak,
    coveredMs,
    coveredMsByDevice,
  };
};
