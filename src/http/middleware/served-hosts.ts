import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { hostNameOf, isLoopback } from '../../host-names.ts';
import type { HttpEnv } from '../http-app.ts';
import { ProblemException } from '../responses/problem.ts';

/** What the request calls the service; undefined when HTTP/1.0 leaves it out. */
const hostOf = (c: Context<HttpEnv>): string | undefined => {
  const incoming = c.env?.incoming;
  // A target with an authority outranks the header (RFC 9112 3.2.2); the request's URL knows it.
  if (incoming === undefined || !incoming.url?.startsWith('/')) return new URL(c.req.url).host;
  return incoming.headers.host || undefined;
};

/**
 * Serves loopback names and `allowed` ones only; others get 421. A web page whose name is pointed
 * at this machine after it was loaded (DNS rebinding) sends that name, and would else read and
 * erase what is here, since for the browser both are one origin.
 */
export const servedHosts = (allowed: readonly string[]) => {
  const names = new Set(allowed);
  // Nearly all requests name the same host, so it is looked into once.
  let lastServed: string | undefined;
  return createMiddleware<HttpEnv>((c, next) => {
    const host = hostOf(c);
    if (host === undefined || host === lastServed) return next();
    const name = hostNameOf(host);
    if (name === undefined || !(isLoopback(name) || names.has(name))) {
      throw new ProblemException(
        'misdirected-request',
        'The service does not serve this Host. ALLOWED_HOSTS names those it does.',
      );
    }
    lastServed = host;
    return next();
  });
};
