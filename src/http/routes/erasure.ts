import * as routes from '../../../generated/routes.ts';
import { type Erasure, isOfWholeUser } from '../../readings/erasure.ts';
import type { EpochMicros, TimeRange } from '../../readings/reading.ts';
import { ALL_TIME } from '../../readings/time-range.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { withinBounds } from '../key-bounds.ts';
import { commonHeaders } from '../responses/common-headers.ts';
import { badRequest, problem } from '../responses/problem.ts';
import { emptyRangeErrors } from './range-errors.ts';

/** A missing end is open. Without both there is no range. */
const rangeOf = (start?: EpochMicros, end?: EpochMicros): TimeRange | undefined =>
  start === undefined && end === undefined
    ? undefined
    : { startMicros: start ?? ALL_TIME.startMicros, endMicros: end ?? ALL_TIME.endMicros };

const notFoundDetail = (erasure: Erasure): string =>
  isOfWholeUser(erasure)
    ? 'There are no readings of this user.'
    : 'There are no readings of this user with the device and in the range asked for.';

/** The services that remember something of users, or have it under way. */
type Remembering = {
  [Name in keyof HttpServices]-?: HttpServices[Name] extends { forget(userId: string): void }
    ? Name
    : never;
}[keyof HttpServices];

/** `DELETE /metrics/heart-rate` */
export const mountErasure = (app: HttpApp, services: HttpServices): void => {
  const { store, series, exports, versions } = services;
  // All that there are: the type asks for each.
  const remembering: Pick<HttpServices, Remembering> = { series, exports, versions };
  const forget = (userId: string): void => {
    for (const each of Object.values(remembering)) each.forget(userId);
  };

  app.openapi(routes.eraseReadings, async (c) => {
    const query = c.req.valid('query');
    const { start, end } = query;
    const range = rangeOf(start, end);
    const errors = emptyRangeErrors(range ?? ALL_TIME);
    if (errors.length > 0) return badRequest(c, errors);

    const erasure: Erasure = {
      ...withinBounds(c, query),
      ...(range === undefined ? {} : { range }),
    };
    const count = await store.erase(erasure).catch((error: unknown) => {
      // The readings may be gone, and only their number not be known.
      forget(erasure.userId);
      throw error;
    });
    // One that finds nothing must not break off what others are given of the user.
    if (count > 0) forget(erasure.userId);
    c.set('readings', count);
    if (count === 0) return problem(c, 'no-readings', { detail: notFoundDetail(erasure) });
    return c.json({ status: 'erased' as const, count }, 200, commonHeaders(c));
  });
};
