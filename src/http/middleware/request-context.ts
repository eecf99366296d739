import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { HttpEnv, HttpServices } from '../http-app.ts';
import { knownMethod } from '../known-method.ts';
import { headerOf } from '../request-headers.ts';

/** The path Hono reports when no route but this middleware matched. */
const MIDDLEWARE_PATH = '/*';
/** Stands for all paths without a route, or each typing error would be a label of its own. */
const UNMATCHED = 'unmatched';

const SENT_ID = /^[\w\-=]{1,255}$/;

const requestIdOf = (sent: string | undefined): string =>
  sent !== undefined && SENT_ID.test(sent) ? sent : randomUUID();

/** The route of a request as the contract spells it, once it was handled. */
export const routeOf = (c: Context<HttpEnv>): string => {
  const matched = routePath(c, -1);
  return matched === MIDDLEWARE_PATH ? UNMATCHED : matched;
};

/**
 * Gives each request an id, and counts, times and logs it. By its route alone, never its path,
 * query or body: they say who has which heart rate, also when they were sent to the wrong address;
 * nor its headers, of which one is a key. Of that the id alone is logged.
 */
export const requestContext = ({ log, metrics }: Pick<HttpServices, 'log' | 'metrics'>) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const startMs = performance.now();
    const requestId = requestIdOf(headerOf(c, 'x-request-id'));
    c.set('requestId', requestId);
    await next();
    const method = knownMethod(c.req.method);
    const { status } = c.res;
    const route = routeOf(c);
    const record = () => {
      const durationMs = performance.now() - startMs;
      metrics.requestDuration.observe({ method, route, status }, durationMs / 1000);
      // Successes are counted above. A log line for each would cost more than the request itself.
      const level = status < 400 ? 'debug' : 'info';
      if (log.isLevelEnabled(level)) {
        const keyId = c.get('key')?.id;
        const ofKey = keyId === undefined ? {} : { keyId };
        log[level]({ requestId, ...ofKey, method, route, status, durationMs }, 'request');
      }
    };
    const sent = c.get('sent');
    if (sent === undefined) record();
    else void sent.then(record);
  });
