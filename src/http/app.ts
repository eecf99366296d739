import { OpenAPIHono } from '@hono/zod-openapi';
import * as routes from '../../generated/routes.ts';
import { AuditTrail } from './audit/audit-trail.ts';
import { mountAnsweredAudit, mountAskedAudit } from './audit/mount-audit.ts';
import { mountGuards } from './guards.ts';
import type { HttpApp, HttpEnv, HttpServices } from './http-app.ts';
import { compression } from './middleware/compression.ts';
import { crossOrigin } from './middleware/cross-origin.ts';
import { errorHandler } from './middleware/error-handler.ts';
import { notFound } from './middleware/not-found.ts';
import { countRequests, refuseBeyondLimit } from './middleware/rate-limit.ts';
import { requestContext } from './middleware/request-context.ts';
import { requestHead } from './middleware/request-head.ts';
import { identify } from './middleware/require-key.ts';
import { servedHosts } from './middleware/served-hosts.ts';
import { ClientAddresses } from './rate-limit/client-address.ts';
import { badRequest } from './responses/problem.ts';
import { validationErrors } from './responses/validation-errors.ts';
import { mountDashboard } from './routes/dashboard.ts';
import { mountDevices } from './routes/devices.ts';
import { mountDocs } from './routes/docs.ts';
import { mountErasure } from './routes/erasure.ts';
import { mountExport } from './routes/export.ts';
import { mountHealth } from './routes/health.ts';
import { mountIngest } from './routes/ingest.ts';
import { mountLatest } from './routes/latest.ts';
import { mountMetrics } from './routes/metrics.ts';
import { mountSeries } from './routes/series.ts';
import { mountStream } from './routes/stream.ts';
import { mountUserDevices } from './routes/user-devices.ts';

/** Operations whose responses may be long. */
const COMPRESSED = [
  routes.queryHeartRate,
  routes.listUserDevices,
  routes.exportHeartRate,
  routes.getMetrics,
  routes.getOpenapiYaml,
  routes.getOpenapiJson,
  routes.getDocs,
  routes.getDashboard,
  routes.getDashboardAsset,
  routes.getDocsDocument,
];

/** The service as a function from request to response; it does not listen. */
export const createApp = (services: HttpServices): HttpApp => {
  const app: HttpApp = new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const data: unknown = 'data' in result ? result.data : undefined;
      return badRequest(c, validationErrors(result.error.issues, data, result.target));
    },
  });
  if (services.tracing !== undefined) app.use(services.tracing);
  app.use(requestContext(services));
  if (services.keys !== undefined) app.use(identify(services.keys));
  const addresses = new ClientAddresses(services.trustedProxies);
  // Behind what tells who asks, before what refuses: keys are not to be guessed at any rate.
  if (services.rateLimit !== undefined) app.use(countRequests(services.rateLimit, addresses));
  app.use(requestHead);
  if (services.allowedHosts !== undefined) app.use(servedHosts(services.allowedHosts));
  if (services.corsOrigins.length > 0) app.use(crossOrigin(services.corsOrigins));
  const audit = services.audit && new AuditTrail(services.audit, addresses);
  mountAnsweredAudit(app, audit);
  if (services.rateLimit !== undefined) app.use(refuseBeyondLimit);
  mountGuards(app, services.keys !== undefined);
  mountAskedAudit(app, audit);
  for (const route of COMPRESSED) app.get(route.getRoutingPath(), compression);
  mountIngest(app, services);
  mountSeries(app, services);
  mountLatest(app, services);
  mountUserDevices(app, services);
  mountStream(app, services);
  mountExport(app, services);
  mountErasure(app, services);
  mountDevices(app, services);
  mountHealth(app, services);
  mountMetrics(app, services);
  mountDocs(app);
  mountDashboard(app);
  app.notFound(notFound(app));
  app.onError(errorHandler(services.log));
  return app;
};
