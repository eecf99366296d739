import { createHeartRateClient } from '../../src/index.ts';
import { keyHeaders } from './page/api-key.ts';
import { timeZone } from './page/format.ts';
import type { Interval } from './series/interval.ts';
import { type Point, pointsOf } from './series/points.ts';
import type { Span } from './view/range.ts';

/** The service that this page is of, also below the path of a proxy. */
export const client = createHeartRateClient({
  baseUrl: new URL('.', location.href).href,
  headers: keyHeaders,
  // A person who waits rather wants to know.
  retry: { attempts: 2 },
});

export const textOf = ({ startMs, endMs }: Span) => ({
  start: new Date(startMs).toISOString(),
  end: new Date(endMs).toISOString(),
});

/** Zones by area and place, and UTC; of others the service cannot tell which is meant. */
const ZONE = /\/|^UTC$/;

/**
 * Hours and days begin by the clocks of this browser's zone. Shorter buckets begin in all zones
 * alike, since clocks differ by quarters of an hour.
 */
const zoneOf = (interval: Interval) =>
  (interval === '1h' || interval === '1d') && ZONE.test(timeZone()) ? { tz: timeZone() } : {};

/** What a chart is made of; empty when there is no reading. */
export const loadPoints = async (
  user: string,
  span: Span,
  interval: Interval,
  signal: AbortSignal,
): Promise<Point[]> => {
  const query = {
    user_id: user,
    ...textOf(span),
    ...zoneOf(interval),
    interval,
    include: ['stats' as const],
  };
  const series = await client.query(query, { signal });
  return series === null ? [] : pointsOf(series.data);
};
