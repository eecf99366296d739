import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { AskerGoneError } from '../query/series-query.ts';
import { StoreUnavailableError } from '../storage/reading-store.ts';
import { mountDevices } from './devices.ts';
import { mountDocs } from './docs.ts';
import { mountErasure } from './erasure.ts';
import { mountHealth } from './health.ts';
import type { HttpApp, HttpEnv, HttpServices } from './http-app.ts';
import { mountIngest } from './ingest.ts';
import { mountMetrics } from './metrics.ts';
import { badRequest, ProblemException, problem, unavailable } from './problem.ts';
import { requestContext } from './request-context.ts';
import { mountSeries } from './series.ts';
import { validationErrors } from './validation-errors.ts';

/** The methods that some route has for this very path. */
const methodsOf = (app: HttpApp, path: string): Set<string> => {
  const methods = new Set(
    app.routes
      .filter((route) => route.method !== 'ALL' && route.path === path)
      .map((r) => r.method),
  );
  if (methods.has('GET')) methods.add('HEAD');
  return methods;
};

const answerUnknown = (app: HttpApp) => (c: Context) => {
  const methods = methodsOf(app, c.req.path);
  if (methods.size === 0) return problem(c, 404, { detail: 'There is no such path.' });
  c.header('Allow', [...methods].sort().join(', '));
  return problem(c, 405, { detail: `This path does not have ${c.req.method}.` });
};

const answerError = (log: HttpServices['log']) => (error: Error, c: Context<HttpEnv>) => {
  if (error instanceof ProblemException) {
    if (error.status === 400) return badRequest(c, error.errors ?? []);
    return problem(c, error.status, { detail: error.message });
  }
  // Seen by nobody but those who read the log and the metrics, where it is a common sign for this.
  if (error instanceof AskerGoneError) return new Response(null, { status: 499 });
  if (error instanceof StoreUnavailableError) {
    return unavailable(c, error.message, error.retryAfterSeconds);
  }
  // Hono's own way of saying that a body is not what its Content-Type promises.
  if (error instanceof HTTPException && error.status === 415) {
    return problem(c, 415, { detail: 'Send the body with a Content-Type this path takes.' });
  }
  if (error instanceof HTTPException && error.status === 400) {
    return badRequest(c, [{ pointer: '', detail: 'is not JSON' }]);
  }
  log.error({ err: error, requestId: c.get('requestId') }, 'request failed');
  return problem(c, 500);
};

/** The service as a function from request to answer; it listens nowhere. */
export const createApp = (services: HttpServices): HttpApp => {
  const app: HttpApp = new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const data: unknown = 'data' in result ? result.data : undefined;
      const target = result.target === 'query' ? 'query' : 'json';
      return badRequest(c, validationErrors(result.error.issues, data, target));
    },
  });
  app.use(requestContext(app, services));
  mountIngest(app, services);
  mountSeries(app, services);
  mountErasure(app, services);
  mountDevices(app, services);
  mountHealth(app, services);
  mountMetrics(app, services);
  mountDocs(app);
  app.notFound(answerUnknown(app));
  app.onError(answerError(services.log));
  return app;
};
