import type { Context } from 'hono';
import { type HttpApp, type HttpEnv, SERVER_WIDE } from '../http-app.ts';
import { METHODS } from '../known-method.ts';
import { commonHeaders } from '../responses/common-headers.ts';
import { problem } from '../responses/problem.ts';

/** The methods that some route has for this path; without one, for any path. */
const methodsOf = (app: HttpApp, path: string | undefined): string[] => {
  const has = (method: string) =>
    path === undefined
      ? app.routes.some((route) => route.method === method)
      : app.router.match(method, path)[0].some(([[, route]]) => route.method === method);
  const methods = METHODS.filter(has);
  if (methods.length === 0) return [];
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
};

/** 404 for a path that no route has, or else 204 to OPTIONS and 405 to other methods. */
export const notFound = (app: HttpApp) => (c: Context<HttpEnv>) => {
  const isServerWide = c.env?.incoming?.url === SERVER_WIDE;
  const methods = methodsOf(app, isServerWide ? undefined : c.req.path);
  if (methods.length === 0) return problem(c, 'no-such-path', { detail: 'There is no such path.' });
  c.header('Allow', methods.join(', '));
  if (c.req.method === 'OPTIONS') return c.body(null, 204, commonHeaders(c));
  return problem(c, 'method-not-allowed', { detail: `This path does not have ${c.req.method}.` });
};
