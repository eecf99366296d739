import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import * as routes from '../../../generated/routes.ts';
import type { HttpEnv } from '../http-app.ts';

/** How long a browser may go by what it was told; two hours is as long as some keep it. */
const MAX_AGE_SECONDS = 7_200;

const ROUTES = Object.values(routes);

const methodsOfContract = (): string[] => [
  'HEAD',
  ...new Set(ROUTES.map(({ method }) => method.toUpperCase())),
];

/** What requests may have besides what browsers always let pass. */
const requestHeaders = (): string[] => [
  ...['authorization', 'content-type', 'content-encoding', 'x-request-id'],
  ...new Set(
    ROUTES.flatMap((route) =>
      'request' in route && 'headers' in route.request
        ? Object.keys(route.request.headers.shape)
        : [],
    ),
  ),
];

const responseHeaders = (): string[] => [
  ...new Set(
    ROUTES.flatMap(({ responses }) =>
      Object.values(responses).flatMap((response: { readonly headers?: object }) =>
        Object.keys(response.headers ?? {}),
      ),
    ),
  ),
];

const nothing = async (): Promise<void> => undefined;

/**
 * Lets pages of these origins, and of no others, send what the contract has and read the responses
 * (the Fetch standard, "CORS protocol"). They are not given cookies or the like: a page has a key
 * of its own or none.
 */
export const crossOrigin = (origins: readonly string[]) => {
  const allow = cors({
    origin: [...origins],
    allowMethods: methodsOfContract(),
    allowHeaders: requestHeaders(),
    exposeHeaders: responseHeaders(),
    maxAge: MAX_AGE_SECONDS,
  });
  return createMiddleware<HttpEnv>(async (c, next) => {
    if (c.req.method !== 'OPTIONS') return allow(c, next);
    // The response that OPTIONS has anyway, of which Hono's own would take the place.
    await next();
    await allow(c, nothing);
    return undefined;
  });
};
