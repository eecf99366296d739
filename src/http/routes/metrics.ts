import * as routes from '../../../generated/routes.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';

/** `GET /metrics` */
export const mountMetrics = (app: HttpApp, { metrics }: HttpServices): void => {
  const { registry } = metrics;
  app.openapi(routes.getMetrics, async (c) =>
    c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  );
};
