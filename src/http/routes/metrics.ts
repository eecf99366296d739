import * as routes from '../../../generated/routes.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { commonHeaders } from '../responses/common-headers.ts';

/** `GET /metrics` */
export const mountMetrics = (app: HttpApp, { metrics }: HttpServices): void => {
  const { registry } = metrics;
  app.openapi(routes.getMetrics, async (c) =>
    c.text(await registry.metrics(), 200, {
      ...commonHeaders(c),
      'Content-Type': registry.contentType,
    }),
  );
};
