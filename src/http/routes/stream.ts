import * as routes from '../../../generated/routes.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { eventStream, eventStreamHead } from '../responses/event-stream.ts';

/** `GET /metrics/heart-rate/stream` */
export const mountStream = (app: HttpApp, { live }: HttpServices): void => {
  app.openapi(routes.followHeartRate, (c) => {
    const { user_id, device_id } = c.req.valid('query');
    const { 'last-event-id': lastEventId } = c.req.valid('header');
    if (c.req.method === 'HEAD') return eventStreamHead(c);
    const request = {
      userId: user_id,
      ...(device_id === undefined ? {} : { deviceId: device_id }),
    };
    return eventStream(c, live, live.follow(request, lastEventId || undefined));
  });
};
