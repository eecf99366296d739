import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { AskerGoneError } from '../query/series-query.ts';
import { StoreUnavailableError } from '../storage/reading-store.ts';
import type { HttpApp, HttpEnv, HttpServices } from './http-app.ts';
import { requestContext } from './middleware/request-context.ts';
import { badRequest, ProblemException, problem, unavailable } from './responses/problem.ts';
import { validationErrors } from './responses/validation-errors.ts';
import { mountDevices } from './routes/devices.ts';
import { mountDocs } from './routes/docs.ts';
import { mountErasure } from './routes/erasure.ts';
import { mountHealth } from './routes/health.ts';
import { mountIngest } from './routes/ingest.ts';
import { mountMetrics } from './routes/metrics.ts';
import { mountSeries } from './routes/series.ts';

const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'];

/** The methods that some route has for this path. */
const methodsOf = (app: HttpApp, path: string): string[] => {
  const has = (method: string) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method);
  const methods = METHODS.filter(has);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
};

const answerUnknown = (app: HttpApp) => (c: Context) => {
  const methods = methodsOf(app, c.req.path);
  if (methods.length === 0) return problem(c, 'no-such-path', { detail: 'There is no such path.' });
  c.header('Allow', methods.sort().join(', '));
  return problem(c, 'method-not-allowed', { detail: `This path does not have ${c.req.method}.` });
};

const answerError = (log: HttpServices['log']) => (error: Error, c: Context<HttpEnv>) => {
  if (error instanceof ProblemException) {
    if (error.kind === 'invalid-request') return badRequest(c, error.errors ?? []);
    return problem(c, error.kind, { detail: error.message });
  }
  // Seen by nobody but those who read the log and the metrics, where it is a common sign for this.
  if (error instanceof AskerGoneError) return new Response(null, { status: 499 });
  if (error instanceof StoreUnavailableError) {
    return unavailable(c, error.message, error.retryAfterSeconds);
  }
  // Hono's own way of saying that a body is not what its Content-Type promises.
  if (error instanceof HTTPException && error.status === 415) {
    return problem(c, 'unsupported-media-type', {
      detail: 'Send the body with a Content-Type this path takes.',
    });
  }
  if (error instanceof HTTPException && error.status === 400) {
    return badRequest(c, [{ pointer: '', detail: 'is not JSON' }]);
  }
  log.error({ err: error, requestId: c.get('requestId') }, 'request failed');
  return problem(c, 'internal-error');
};

/** The service as a function from request to answer; it listens nowhere. */
export const createApp = (services: HttpServices): HttpApp => {
  const app: HttpApp = new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const data: unknown = 'data' in result ? result.data : undefined;
      return badRequest(c, validationErrors(result.error.issues, data, result.target));
    },
  });
  app.use(requestContext(services));
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
