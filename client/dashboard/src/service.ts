import { createHeartRateClient, type paths } from '../../src/index.ts';
import type { Interval } from './series/interval.ts';
import { type Point, pointsOf } from './series/points.ts';
import type { Span } from './view/range.ts';

const baseUrl = new URL('.', location.href).href;

/** The service that this page is of, also below the path of a proxy. */
export const client = createHeartRateClient({
  baseUrl,
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

const STREAM_PATH = '/metrics/heart-rate/stream' satisfies keyof paths;

/** Where a user's readings are followed. */
export const streamUrl = (user: string): URL => {
  const url = new URL(STREAM_PATH.slice(1), baseUrl);
  url.searchParams.set('user_id', user);
  return url;
};
