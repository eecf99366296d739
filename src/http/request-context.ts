import { randomUUID } from 'node:crypto';
import type { Context, TypedResponse } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { HttpApp, HttpEnv, HttpServices } from './http-app.ts';
import { headerOf } from './request-headers.ts';

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
export const requestContext = (app: HttpApp, services: Pick<HttpServices, 'log' | 'metrics'>) => {
  const { log, metrics } = services;
  const paths = new Set<string>();
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
    const record = () => {
      const durationMs = performance.now() - startMs;
      const route = paths.has(path) ? path : UNMATCHED;
      metrics.requestDuration.observe({ method, route, status }, durationMs / 1000);
      // What went well is counted above. A line for each would cost more than the request itself.
      const level = status < 400 ? 'debug' : 'info';
      if (log.isLevelEnabled(level)) {
        log[level]({ requestId, method, path, status, durationMs }, 'request');
      }
    };
    // No route has parameters in its path. Asked for late, because routes are added later.
    if (paths.size === 0) {
      for (const { method, path } of app.routes) if (method !== 'ALL') paths.add(path);
    }
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
