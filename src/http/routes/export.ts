import type { TypedResponse } from 'hono';
import * as routes from '../../../generated/routes.ts';
import type { ReadingsPiece } from '../../query/export/readings-piece.ts';
import { ALL_TIME } from '../../readings/time-range.ts';
import { ExportFormats } from '../export-formats/export-formats.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { withinBounds } from '../key-bounds.ts';
import { commonHeaders } from '../responses/common-headers.ts';
import { attachment } from '../responses/content-disposition.ts';
import { followedBy } from '../responses/followed-by.ts';
import { badRequest, problem } from '../responses/problem.ts';
import { streamedResponse } from '../responses/streamed-response.ts';
import { emptyRangeErrors } from './range-errors.ts';

/** `GET /metrics/heart-rate/export` */
export const mountExport = (app: HttpApp, { exports, parquetFiles, log }: HttpServices): void => {
  const formats = new ExportFormats(parquetFiles);
  app.openapi(routes.exportHeartRate, async (c) => {
    const query = c.req.valid('query');
    const { user_id, start, end, format: name } = query;
    const range = {
      startMicros: start ?? ALL_TIME.startMicros,
      endMicros: end ?? ALL_TIME.endMicros,
    };
    const errors = emptyRangeErrors(range);
    if (errors.length > 0) return badRequest(c, errors);

    const pieces = exports.run({ ...withinBounds(c, query), range }, c.req.raw.signal);
    const first = await pieces.next();
    if (first.done) {
      return problem(c, 'no-readings', {
        detail: 'There are no readings of this user with the device and in the range asked for.',
      });
    }
    const format = formats.for(c, name);
    const counted = counting(followedBy(first.value, pieces), (count) => c.set('readings', count));
    const chunks = format.write(user_id, counted);
    const streamed = {
      chunks,
      headers: {
        ...commonHeaders(c),
        'Content-Type': format.contentType,
        'Content-Disposition': attachment('heart-rate-', user_id, format.extension),
        Vary: 'Accept',
      },
      end: async () => {
        await chunks.return(undefined);
        // Which the other does not reach when it has not begun.
        await pieces.return(undefined);
      },
    };
    const response = await streamedResponse(c, streamed, log);
    return response as Response & TypedResponse<string, 200, 'text'>;
  });
};

/** The same pieces; `tell` is told how many readings there were so far. */
async function* counting(
  pieces: AsyncIterable<ReadingsPiece>,
  tell: (count: number) => void,
): AsyncGenerator<ReadingsPiece> {
  let count = 0;
  for await (const piece of pieces) {
    count += piece.timestampsMicros.length;
    tell(count);
    yield piece;
  }
}
