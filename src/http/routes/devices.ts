import * as routes from '../../../generated/routes.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { commonHeaders } from '../responses/common-headers.ts';

/** `GET /devices` */
export const mountDevices = (app: HttpApp, { devicePriorities }: HttpServices): void => {
  const devices = devicePriorities
    .map(({ deviceId, priority }) => ({ device_id: deviceId, priority }))
    .sort((a, b) => a.priority - b.priority);
  app.openapi(routes.listDevices, (c) => c.json({ devices }, 200, commonHeaders(c)));
};
