import type { RouteConfigToTypedResponse, z } from '@hono/zod-openapi';
import * as routes from '../../../generated/routes.ts';
import type { zHeartRateSeries } from '../../../generated/zod/zod.gen.ts';
import { Zone } from '../../query/local/zone-offsets.ts';
import type { SeriesPiece } from '../../query/series-piece.ts';
import { timedPieces } from '../../query/timed-pieces.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { withinBounds } from '../key-bounds.ts';
import { followedBy } from '../responses/followed-by.ts';
import { etagHeader, hasTag, knownTag, notModified } from '../responses/not-modified.ts';
import { plainJson } from '../responses/plain-json.ts';
import { badRequest, problem } from '../responses/problem.ts';
import { rowsIn, seriesJson, seriesJsonTexts } from '../responses/series-json.ts';
import { streamedJson } from '../responses/streamed-json.ts';
import { rangeErrors } from './range-errors.ts';

const MAX_RANGE_DAYS = routes.queryHeartRate['x-max-range-days'];

const NO_SUCH_ZONE = 'must be a zone of the time zone database, such as Europe/Berlin';

/** A longer series is streamed while it is read. 5,000 rows are 450 kB and take 3 ms to write. */
const MAX_ROWS_AT_ONCE = 5_000;

/** Said here, because the router takes any response where one has no content, as a 304 has none. */
type Responses = RouteConfigToTypedResponse<typeof routes.queryHeartRate>;

/** `GET /metrics/heart-rate` */
export const mountSeries = (
  app: HttpApp,
  { series, versions, metrics, log }: HttpServices,
): void => {
  app.openapi(routes.queryHeartRate, async (c): Promise<Responses> => {
    const query = c.req.valid('query');
    const { user_id, start, end, interval, priority_scope, tz, include } = query;
    const { 'if-none-match': ifNoneMatch } = c.req.valid('header');
    const range = { startMicros: start, endMicros: end };
    const zone = tz === undefined ? undefined : Zone.named(tz);
    const errors = rangeErrors(range, MAX_RANGE_DAYS);
    if (tz !== undefined && zone === undefined)
      errors.push({ pointer: '/query/tz', detail: NO_SUCH_ZONE });
    if (errors.length > 0) return badRequest(c, errors);

    const request = {
      ...withinBounds(c, query),
      range,
      interval,
      ...(zone === undefined ? {} : { zone }),
      ...(include?.includes('explain') === true ? { explains: true } : {}),
      priorityScope: priority_scope,
    };
    const read = versions.series(request);
    const known = await knownTag(ifNoneMatch, read);
    if (known !== undefined) return notModified(c, known);
    let durationMs = 0;
    const runs = timedPieces(series.run(request, c.req.raw.signal, read), (tookMs) => {
      durationMs += tookMs;
    });
    const measured = () => metrics.queryDuration.observe(durationMs / 1000);
    const withStats = { withStats: include?.includes('stats') === true };
    const finish = async () => {
      await runs.return(undefined);
      measured();
    };
    const { pieces, isAll } = await beginningOf(runs);
    if (pieces.length > 0 && hasTag(ifNoneMatch, read.tag)) {
      await finish();
      return notModified(c, read.tag);
    }
    const headers = etagHeader(read.tag);
    if (!isAll) {
      const chunks = seriesJsonTexts(user_id, followedBy(pieces, runs), withStats);
      return streamedJson<z.output<typeof zHeartRateSeries>>(
        c,
        { chunks, headers, end: finish },
        log,
      );
    }
    measured();
    if (pieces.length === 0) {
      return problem(c, 'no-readings', {
        detail: 'There are no readings of this user in the range.',
      });
    }
    const json = seriesJson(user_id, pieces, withStats);
    return plainJson<z.output<typeof zHeartRateSeries>>(c, json, headers);
  });
};

/** As much of a series as is sent at once, and whether that is all of it. */
const beginningOf = async (
  runs: AsyncGenerator<readonly SeriesPiece[]>,
): Promise<{ pieces: readonly SeriesPiece[]; isAll: boolean }> => {
  const pieces: SeriesPiece[] = [];
  while (rowsIn(pieces) <= MAX_ROWS_AT_ONCE) {
    const { done, value } = await runs.next();
    if (done) return { pieces, isAll: true };
    pieces.push(...value);
  }
  return { pieces, isAll: false };
};
