import type { Point } from './points.ts';

/** The lower limits of zones 1 to 5, ascending, in beats a minute. */
export type ZoneLimits = readonly number[];

/** 50, 60, 70, 80 and 90 % of 190, a usual maximum. */
export const DEFAULT_LIMITS: ZoneLimits = [95, 114, 133, 152, 171];

/** Whether zones can be made of these limits. */
export const areLimits = (limits: readonly unknown[]): limits is ZoneLimits =>
  limits.length === DEFAULT_LIMITS.length &&
  limits.every(
    (limit, index) =>
      typeof limit === 'number' &&
      limit >= 30 &&
      limit <= 220 &&
      (index === 0 || limit > (limits[index - 1] as number)),
  );

export interface Zone {
  readonly name: string;
  /** Undefined for the lowest. */
  readonly fromBpm: number | undefined;
  /** Exclusive; undefined for the highest. */
  readonly toBpm: number | undefined;
  readonly ms: number;
  /** Of the time with readings, from 0 to 1. */
  readonly share: number;
}

/** How much time the means spend in each zone; a bucket counts as a whole, `widthMs`. */
export const timeInZones = (
  points: readonly Point[],
  widthMs: number,
  limits: ZoneLimits,
): Zone[] => {
  const counts = new Array<number>(limits.length + 1).fill(0);
  for (const { mean } of points) {
    const above = limits.findLastIndex((limit) => mean >= limit);
    counts[above + 1] = (counts[above + 1] as number) + 1;
  }
  return counts.map((count, index) => ({
    name: index === 0 ? 'Below' : `Zone ${index}`,
    fromBpm: limits[index - 1],
    toBpm: limits[index],
    ms: count * widthMs,
    share: points.length === 0 ? 0 : count / points.length,
  }));
};
