import { randomUUID } from 'node:crypto';
import type { Context, TypedResponse } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { HttpEnv, HttpServices } from '../http-app.ts';
import { headerOf } from '../request-headers.ts';

/** What Hono names where only this middleware matched. */
const MIDDLEWARE_PATH = '/*';
/** A path that no route has would be a label of its own for every typing error. */
const UNMATCHED = 'unmatched';

const SENT_ID = /^[\w\-=]{1,255}$/;

const requestIdOf = (sent: string | undefined): string =>
  sent !== undefined && SENT_ID.test(sent) ? sent : randomUUID();

/**
 * What every answer has. Nothing between here and the asker is to keep what it says of a person's
 * heart, unless the answer itself says otherwise.
 */
const commonHeaders = (requestId: string): Record<string, string> => ({
  'X-Request-Id': requestId,
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
});

/**
 * Gives each request an id and its answer the headers that all have; counts, times and logs it.
 * Never its query or body: they say who has which heart rate.
 */
export const requestContext = ({ log, metrics }: Pick<HttpServices, 'log' | 'metrics'>) => {
  return createMiddleware<HttpEnv>(async (c, next) => {
    const startMs = performance.now();
    const requestId = requestIdOf(headerOf(c, 'x-request-id'));
    c.set('requestId', requestId);
    await next();
    if (!c.get('isComplete')) {
      const { headers } = c.res;
      for (const [name, value] of Object.entries(commonHeaders(requestId))) {
        if (!headers.has(name)) headers.set(name, value);
      }
    }
    const { method, path } = c.req;
    const { status } = c.res;
    const matched = routePath(c, -1);
    const route = matched === MIDDLEWARE_PATH ? UNMATCHED : matched;
    const record = () => {
      const durationMs = performance.now() - startMs;
      metrics.requestDuration.observe({ method, route, status }, durationMs / 1000);
      // What went well is counted above. A line for each would cost more than the request itself.
      const level = status < 400 ? 'debug' : 'info';
      if (log.isLevelEnabled(level)) {
        log[level]({ requestId, method, path, status, durationMs }, 'request');
      }
    };
    const sent = c.get('sent');
    if (sent === undefined) record();
    else void sent.then(record);
  });
};

/** All headers of a 200 with JSON, for an answer that has them at once and takes no others. */
export const jsonHeaders = (c: Context<HttpEnv>): Record<string, string> => {
  c.set('isComplete', true);
  return { ...commonHeaders(c.get('requestId')), 'Content-Type': 'application/json' };
};

/**
 * 200 with the JSON of a `T` that was put together by hand, and all its headers, as plain as can
 * be: Hono makes a `Headers` object of headers that are set one by one, which takes as long as all
 * else that is done for a request.
 */
export const plainJson = <T>(c: Context<HttpEnv>, json: string) => {
  const answer = new Response(json, { status: 200, headers: jsonHeaders(c) });
  return answer as Response & TypedResponse<T, 200, 'json'>;
};
