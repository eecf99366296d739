import type { z } from '@hono/zod-openapi';
import * as routes from '../../generated/routes.ts';
import type { zHeartRateSeries } from '../../generated/zod/zod.gen.ts';
import type { SeriesQuery } from '../query/series-query.ts';
import type { TimeRange } from '../readings/reading.ts';
import { duration } from '../readings/time-range.ts';
import { MICROS_PER_DAY } from '../readings/timestamp.ts';
import type { HttpApp, HttpServices } from './http-app.ts';
import { badRequest, type ProblemError, problem } from './problem.ts';
import { emptyRangeErrors } from './range-errors.ts';
import { plainJson } from './request-context.ts';
import { seriesJson } from './series-json.ts';

/** What this layer asks of the query layer. */
export type SeriesReader = Pick<SeriesQuery, 'run' | 'forget'>;

const MAX_RANGE_DAYS = 400;

const rangeErrors = (range: TimeRange): ProblemError[] => {
  if (duration(range) <= MAX_RANGE_DAYS * MICROS_PER_DAY) return emptyRangeErrors(range);
  const detail = `must be at most ${MAX_RANGE_DAYS} days after start`;
  return [{ pointer: '/query/end', detail }];
};

/** `GET /metrics/heart-rate` */
export const mountSeries = (app: HttpApp, { series, metrics }: HttpServices): void => {
  app.openapi(routes.queryHeartRate, async (c) => {
    const { user_id, start, end, device_id, interval, priority_scope, include } =
      c.req.valid('query');
    const range = { startMicros: start, endMicros: end };
    const errors = rangeErrors(range);
    if (errors.length > 0) return badRequest(c, errors);

    const measured = metrics.queryDuration.startTimer();
    const pieces = await series.run({
      userId: user_id,
      range,
      ...(device_id === undefined ? {} : { deviceId: device_id }),
      interval,
      priorityScope: priority_scope,
    });
    measured();

    if (pieces.length === 0) {
      return problem(c, 404, { detail: 'There are no readings of this user in the range.' });
    }
    const json = seriesJson(user_id, pieces, { withStats: include === 'stats' });
    return plainJson<z.output<typeof zHeartRateSeries>>(c, json);
  });
};
