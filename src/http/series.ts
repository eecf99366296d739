import * as routes from '../../generated/routes.ts';
import type { SeriesQuery, SeriesRow } from '../query/series-query.ts';
import type { TimeRange } from '../readings/reading.ts';
import { formatTimestamp, MICROS_PER_DAY } from '../readings/timestamp.ts';
import type { HttpApp, HttpServices } from './http-app.ts';
import { badRequest, type ProblemError, problem } from './problem.ts';

/** What this layer asks of the query layer. */
export type SeriesReader = Pick<SeriesQuery, 'run'>;

const MAX_RANGE_DAYS = 400;

const rangeErrors = ({ startMicros, endMicros }: TimeRange): ProblemError[] => {
  const pointer = '/query/end';
  if (endMicros <= startMicros) return [{ pointer, detail: 'must be after start' }];
  if (endMicros - startMicros <= MAX_RANGE_DAYS * MICROS_PER_DAY) return [];
  return [{ pointer, detail: `must be at most ${MAX_RANGE_DAYS} days after start` }];
};

const bucketOf = (row: SeriesRow) => ({
  timestamp: formatTimestamp(row.bucketMicros),
  heart_rate: row.heartRate,
  device_id: row.deviceId,
});

const bucketWithStatsOf = (row: SeriesRow) => ({
  ...bucketOf(row),
  min: row.min,
  max: row.max,
  sample_count: row.sampleCount,
});

/** `GET /metrics/heart-rate` */
export const mountSeries = (app: HttpApp, { series, metrics }: HttpServices): void => {
  app.openapi(routes.queryHeartRate, async (c) => {
    const { user_id, start, end, device_id, interval, priority_scope, include } =
      c.req.valid('query');
    const range = { startMicros: start, endMicros: end };
    const errors = rangeErrors(range);
    if (errors.length > 0) return badRequest(c, errors);

    const measured = metrics.queryDuration.startTimer();
    const rows = await series.run({
      userId: user_id,
      range,
      ...(device_id === undefined ? {} : { deviceId: device_id }),
      interval,
      priorityScope: priority_scope,
    });
    measured();

    if (rows.length === 0) {
      return problem(c, 404, { detail: 'There are no readings of this user in the range.' });
    }
    const data = rows.map(include === 'stats' ? bucketWithStatsOf : bucketOf);
    return c.json({ user_id, data, count: data.length }, 200);
  });
};
