import { createMiddleware } from 'hono/factory';
import * as routes from '../../../generated/routes.ts';
import type { HttpEnv } from '../http-app.ts';
import { ClientAddresses, networkOf } from '../rate-limit/client-address.ts';
import { type RateLimit, RateLimiter } from '../rate-limit/rate-limiter.ts';
import { tooManyRequests } from '../responses/problem.ts';

/** An orchestrator that asks often, or beside others behind one address, must not restart it. */
const PROBES: readonly string[] = [routes.getLiveness.path, routes.getReadiness.path];

/** Who is counted when there is no connection, or none any more. */
const NOBODY = 'nobody';

export interface RateLimitOptions extends RateLimit {
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** Refuses with 429 what a client sends beyond the limit, and tells each how much is left. */
export const rateLimit = ({ trustedProxies, ...limit }: RateLimitOptions) => {
  const limiter = new RateLimiter(limit);
  const addresses = new ClientAddresses(trustedProxies);
  return createMiddleware<HttpEnv>(async (c, next) => {
    if (PROBES.includes(c.req.path)) return next();
    const admission = limiter.admit(networkOf(addresses.of(c) ?? NOBODY));
    c.set('rateLimit', admission);
    return admission.isAdmitted ? next() : tooManyRequests(c, admission.waitMs);
  });
};
