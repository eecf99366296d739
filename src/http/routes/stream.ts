import * as routes from '../../../generated/routes.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { withinBounds } from '../key-bounds.ts';
import { eventStream, eventStreamHead } from '../responses/event-stream.ts';

/** `GET /metrics/heart-rate/stream` */
export const mountStream = (app: HttpApp, { live, keys }: HttpServices): void => {
  app.openapi(routes.followHeartRate, (c) => {
    const request = withinBounds(c, c.req.valid('query'));
    const { 'last-event-id': lastEventId } = c.req.valid('header');
    if (c.req.method === 'HEAD') return eventStreamHead(c);
    const key = c.get('key');
    const isAllowed = () => key === undefined || keys?.isInForce(key) === true;
    return eventStream(c, live, { ...live.follow(request, lastEventId || undefined), isAllowed });
  });
};
