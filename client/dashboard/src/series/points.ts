import type { components } from '../../../src/index.ts';

type Row = components['schemas']['HeartRateRow'];

/** A bucket; heart rates in beats a minute. */
export interface Point {
  readonly startMs: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly readings: number;
  /** The device that won. */
  readonly device: string;
}

/** Rows of a series that was asked for with `include=stats`. */
export const pointsOf = (rows: readonly Row[]): Point[] =>
  rows.map((row) => ({
    startMs: Date.parse(row.timestamp),
    mean: row.heart_rate,
    min: row.min ?? row.heart_rate,
    max: row.max ?? row.heart_rate,
    readings: row.sample_count ?? 1,
    device: row.device_id,
  }));

/** The points with those of `newer` in the place of what they had from `fromMs` on. */
export const withNewer = (
  points: readonly Point[],
  newer: readonly Point[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Point[] => [
  ...points.filter((point) => point.startMs < startMs),
  ...newer,
  ...points.filter((point) => point.startMs >= endMs),
];

/** Points that follow each other and are of one device; by their places in the list. */
export interface Stretch {
  readonly device: string;
  readonly from: number;
  /** Inclusive. It is the next device's first point where that follows without a gap. */
  readonly to: number;
}

/**
 * What is drawn as one line each. A bucket without readings is a gap: no line leads over it. Buckets
 * of a local hour or day may be longer than `widthMs`, but never twice as long.
 */
export const stretchesOf = (points: readonly Point[], widthMs: number): Stretch[] => {
  const stretches: Stretch[] = [];
  let from = 0;
  for (let index = 0; index < points.length; index++) {
    const point = points[index] as Point;
    const next = points[index + 1];
    const follows = next !== undefined && next.startMs - point.startMs < 2 * widthMs;
    if (follows && next.device === point.device) continue;
    stretches.push({ device: point.device, from, to: follows ? index + 1 : index });
    from = index + 1;
  }
  return stretches;
};
