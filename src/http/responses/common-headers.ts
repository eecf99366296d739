import type { Context } from 'hono';
import type { HttpEnv } from '../http-app.ts';

/**
 * The headers of every response. No cache may keep what it says about a person's heart, unless the
 * response itself allows it.
 *
 * They are given to each response as it is made, in a plain object. Set one by one they would
 * become a `Headers` object, which costs as much as everything else that is done for a reading.
 */
export const commonHeaders = (c: Pick<Context<HttpEnv>, 'get'>): Record<string, string> => {
  const headers: Record<string, string> = {
    'X-Request-Id': c.get('requestId'),
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  };
  const rateLimit = c.get('rateLimit');
  return rateLimit === undefined ? headers : { ...headers, ...rateLimit };
};
