import type { z } from '@hono/zod-openapi';
import type { components } from '../../../generated/openapi-types.ts';
import * as routes from '../../../generated/routes.ts';
import type { zStoredReading } from '../../../generated/zod/zod.gen.ts';
import { formatTimestamp } from '../../readings/timestamp.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { plainJson } from '../responses/plain-json.ts';
import { problem } from '../responses/problem.ts';

type StoredReading = components['schemas']['StoredReading'];

/** `GET /metrics/heart-rate/latest` */
export const mountLatest = (app: HttpApp, { userReadings }: HttpServices): void => {
  app.openapi(routes.latestHeartRate, async (c) => {
    const { user_id, device_id } = c.req.valid('query');
    const ofDevice = device_id === undefined ? {} : { deviceId: device_id };
    const latest = await userReadings.latest({ userId: user_id, ...ofDevice });
    if (latest === undefined) {
      const which = device_id === undefined ? 'this user' : 'this user and device';
      return problem(c, 'no-readings', { detail: `There are no readings of ${which}.` });
    }
    const reading: StoredReading = {
      device_id: latest.deviceId,
      user_id,
      timestamp: formatTimestamp(latest.timestampMicros),
      heart_rate: latest.heartRate,
    };
    return plainJson<z.output<typeof zStoredReading>>(c, JSON.stringify(reading));
  });
};
