import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { HttpEnv, HttpServices } from './http-app.ts';

/** A path that no route has would be a label of its own for every typing error. */
const UNMATCHED = 'unmatched';

/** What orchestrators and Prometheus ask every few seconds is no news. */
const ROUTINE_ROUTES = new Set(['/livez', '/readyz', '/metrics']);

/**
 * Times and logs each request. Never its query or body: they say who has which heart rate.
 */
export const requestLog = ({ log, metrics }: Pick<HttpServices, 'log' | 'metrics'>) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const startMs = performance.now();
    await next();
    const durationMs = performance.now() - startMs;
    const { method } = c.req;
    const { status } = c.res;
    const path = matchedRoutes(c).at(-1)?.path ?? '/*';
    const route = path.endsWith('*') ? UNMATCHED : path;
    metrics.requestDuration.observe({ method, route, status }, durationMs / 1000);
    const level = ROUTINE_ROUTES.has(route) && status < 400 ? 'debug' : 'info';
    log[level](
      { requestId: c.get('requestId'), method, path: c.req.path, status, durationMs },
      'request',
    );
  });
