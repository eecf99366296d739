import * as routes from '../../../generated/routes.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { commonHeaders } from '../responses/common-headers.ts';

/** `GET /devices` */
export const mountDevices = (app: HttpApp, { devicePriorities }: HttpServices): void => {
  const ascending = devicePriorities.toSorted((a, b) => a.priority - b.priority);
  const devices = ascending.flatMap((entry) =>
    'deviceId' in entry ? [{ device_id: entry.deviceId, priority: entry.priority }] : [],
  );
  const prefixes = ascending.flatMap((entry) => ('prefix' in entry ? [entry] : []));
  app.openapi(routes.listDevices, (c) => c.json({ devices, prefixes }, 200, commonHeaders(c)));
};
