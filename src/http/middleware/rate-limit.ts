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
 * Refuses with 429 what a client sends beyond the limit, and tells who has used half of it what is
 * left. A client is a key or, without one, an address; so it is mounted behind what sets the key.
 */
export const rateLimit = (limit: RateLimit, addresses: ClientAddresses) => {
  const limiter = new RateLimiter(limit);
  return createMiddleware<HttpEnv>((c, next) => {
    if (PROBES.includes(c.req.path)) return next();
    const key = c.get('key');
    const client = key === undefined ? (addresses.networkOf(c) ?? NOBODY) : `key ${key.id}`;
    const admission = limiter.admit(client);
    if (admission.headers !== undefined) c.set('rateLimit', admission.headers);
    return admission.isAdmitted ? next() : Promise.resolve(tooManyRequests(c, admission.waitMs));
  });
};
