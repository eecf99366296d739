import type { RouteConfigToTypedResponse, z } from '@hono/zod-openapi';
import type { components } from '../../../generated/openapi-types.ts';
import * as routes from '../../../generated/routes.ts';
import type { zStoredReading } from '../../../generated/zod/zod.gen.ts';
import { formatTimestamp } from '../../readings/timestamp.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { withinBounds } from '../key-bounds.ts';
import { etagHeader, hasTag, knownTag, notModified } from '../responses/not-modified.ts';
import { plainJson } from '../responses/plain-json.ts';
import { problem } from '../responses/problem.ts';

type StoredReading = components['schemas']['StoredReading'];

/** Said here, because the router takes any response where one has no content, as a 304 has none. */
type Responses = RouteConfigToTypedResponse<typeof routes.latestHeartRate>;

/** `GET /metrics/heart-rate/latest` */
export const mountLatest = (app: HttpApp, { userReadings, versions }: HttpServices): void => {
  app.openapi(routes.latestHeartRate, async (c): Promise<Responses> => {
    const query = c.req.valid('query');
    const { 'if-none-match': ifNoneMatch } = c.req.valid('header');
    const request = withinBounds(c, query);
    const read = versions.latest(request);
    const known = await knownTag(ifNoneMatch, read);
    if (known !== undefined) return notModified(c, known);
    const latest = await userReadings.latest(request, c.req.raw.signal, read);
    if (latest === undefined) {
      const which = request.deviceId === undefined ? 'this user' : 'this user and device';
      return problem(c, 'no-readings', { detail: `There are no readings of ${which}.` });
    }
    if (hasTag(ifNoneMatch, read.tag)) return notModified(c, read.tag);
    const reading: StoredReading = {
      device_id: latest.deviceId,
      user_id: query.user_id,
      timestamp: formatTimestamp(latest.timestampMicros),
      heart_rate: latest.heartRate,
    };
    return plainJson<z.output<typeof zStoredReading>>(
      c,
      JSON.stringify(reading),
      etagHeader(read.tag),
    );
  });
};
