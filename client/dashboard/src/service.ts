import { createHeartRateClient } from '../../src/index.ts';
import type { Interval } from './series/interval.ts';
import { type Point, pointsOf } from './series/points.ts';
import type { Span } from './view/range.ts';

/** The service that this page is of, also below the path of a proxy. */
export const client = createHeartRateClient({
  baseUrl: new URL('.', location.href).href,
  // A person who waits rather wants to know.
  retry: { attempts: 2 },
});

export const textOf = ({ startMs, endMs }: Span) => ({
  start: new Date(startMs).toISOString(),
  end: new Date(endMs).toISOString(),
});

/** What a chart is made of; empty when there is no reading. */
export const loadPoints = async (
  user: string,
  span: Span,
  interval: Interval,
  signal: AbortSignal,
): Promise<Point[]> => {
  const query = { user_id: user, ...textOf(span), interval, include: 'stats' } as const;
  const series = await client.query(query, { signal });
  return series === null ? [] : pointsOf(series.data);
};
