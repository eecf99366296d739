import type { components } from '../../../generated/openapi-types.ts';
import * as routes from '../../../generated/routes.ts';
import { formatTimestamp } from '../../readings/timestamp.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { devicesWithinBounds } from '../key-bounds.ts';
import { plainJson } from '../responses/plain-json.ts';
import { badRequest, problem } from '../responses/problem.ts';
import { rangeErrors } from './range-errors.ts';

type UserDevices = components['schemas']['UserDevices'];

const MAX_RANGE_DAYS = routes.listUserDevices['x-max-range-days'];

/** `GET /metrics/heart-rate/devices` */
export const mountUserDevices = (app: HttpApp, { userReadings }: HttpServices): void => {
  app.openapi(routes.listUserDevices, async (c) => {
    const { user_id, start, end } = c.req.valid('query');
    const range = { startMicros: start, endMicros: end };
    const errors = rangeErrors(range, MAX_RANGE_DAYS);
    if (errors.length > 0) return badRequest(c, errors);

    const asked = { ...devicesWithinBounds(c, user_id), range };
    const found = await userReadings.devices(asked, c.req.raw.signal);
    if (found.length === 0) {
      return problem(c, 'no-readings', {
        detail: 'There are no readings of this user in the range.',
      });
    }
    const devices = found.map(({ deviceId, firstMicros, lastMicros, readings, days }) => ({
      device_id: deviceId,
      first: formatTimestamp(firstMicros),
      last: formatTimestamp(lastMicros),
      readings,
      days,
    }));
    return plainJson<UserDevices>(c, JSON.stringify({ user_id, devices } satisfies UserDevices));
  });
};
