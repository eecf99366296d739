import type { Context } from 'hono';
import type { HttpApp, HttpEnv } from '../http-app.ts';
import { problem } from '../responses/problem.ts';

const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'];

/** The methods that some route has for this path. */
const methodsOf = (app: HttpApp, path: string): string[] => {
  const has = (method: string) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method);
  const methods = METHODS.filter(has);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
};

/** 404 for a path that no route has; 405 for a path whose routes have other methods. */
export const notFound = (app: HttpApp) => (c: Context<HttpEnv>) => {
  const methods = methodsOf(app, c.req.path);
  if (methods.length === 0) return problem(c, 'no-such-path', { detail: 'There is no such path.' });
  c.header('Allow', methods.sort().join(', '));
  return problem(c, 'method-not-allowed', { detail: `This path does not have ${c.req.method}.` });
};
