import { createMiddleware } from 'hono/factory';
import * as routes from '../../../generated/routes.ts';
import type { HttpEnv } from '../http-app.ts';
import type { ClientAddresses } from '../rate-limit/client-address.ts';
import { type RateLimit, RateLimiter } from '../rate-limit/rate-limiter.ts';
import { tooManyRequests } from '../responses/problem.ts';

/** An orchestrator that asks often, or beside others behind one address, must not restart it. */
const PROBES: readonly string[] = [routes.getLiveness.path, routes.getReadiness.path];

/** Who is counted when there is no connection, or none any more. */
const NOBODY = 'nobody';

/**
 * Counts what a client sends, and tells who has used half of the limit what is left. A client is a
 * key or, without one, an address; so it is mounted behind what sets the key, and before all that
 * refuses requests. What is no request has no client: what Node's parser refuses, and what has a
 * target or a Host of which no URL can be made.
 */
export const countRequests = (limit: RateLimit, addresses: ClientAddresses) => {
  const limiter = new RateLimiter(limit);
  return createMiddleware<HttpEnv>((c, next) => {
    const { refusal, incoming } = c.env ?? {};
    const isRequest = refusal === undefined || incoming !== undefined;
    if (!isRequest || PROBES.includes(c.req.path)) return next();
    const key = c.get('key');
    const client = key === undefined ? (addresses.networkOf(c) ?? NOBODY) : `key ${key.id}`;
    const { isAdmitted, waitMs, headers } = limiter.admit(client);
    if (headers !== undefined) c.set('rateLimit', headers);
    if (!isAdmitted) c.set('rateLimitWaitMs', waitMs);
    return next();
  });
};

/**
 * Refuses with 429 what goes beyond the limit. Behind what lets pages of other origins read the
 * response, and so behind cheaper refusals, which count all the same.
 */
export const refuseBeyondLimit = createMiddleware<HttpEnv>((c, next) => {
  const waitMs = c.get('rateLimitWaitMs');
  return waitMs === undefined ? next() : Promise.resolve(tooManyRequests(c, waitMs));
});
