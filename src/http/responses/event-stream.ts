import type { Context, TypedResponse } from 'hono';
import type { components } from '../../../generated/openapi-types.ts';
import type { Ending } from '../../audit/audit-event.ts';
import type { LiveReader } from '../../query/live/live-reader.ts';
import type { LiveReadings } from '../../query/live/live-readings.ts';
import type { LiveRun } from '../../query/live/live-run.ts';
import type { EpochMicros } from '../../readings/reading.ts';
import { formatTimestamp } from '../../readings/timestamp.ts';
import { isCut } from '../cut-connections.ts';
import type { HttpEnv } from '../http-app.ts';
import { commonHeaders } from './common-headers.ts';

type Reading = components['schemas']['HeartRateReading'];

const encoder = new TextEncoder();
const RESET = JSON.stringify({
  detail: 'Readings may have come in between that are not told here: ask for the series anew.',
});

/** The events of a run. A thousand readers of one user send the same bytes. */
const known = new WeakMap<LiveRun, Uint8Array>();

const eventsOf = (run: LiveRun, live: LiveReadings): Uint8Array => {
  const made = known.get(run);
  if (made !== undefined) return made;
  const events = run.positions.map((position, index) => {
    const reading: Reading = {
      device_id: run.deviceId,
      user_id: run.userId,
      timestamp: formatTimestamp(run.timestampsMicros[index] as EpochMicros),
      heart_rate: run.heartRates[index] as number,
    };
    const id = live.eventIdAt(position);
    return `event: reading\nid: ${id}\ndata: ${JSON.stringify(reading)}\n\n`;
  });
  const bytes = encoder.encode(events.join(''));
  known.set(run, bytes);
  return bytes;
};

const headersOf = (c: Context<HttpEnv>) => ({
  ...commonHeaders(c),
  'Content-Type': 'text/event-stream',
  // A reverse proxy (nginx) would otherwise keep events until it has some kilobytes of them.
  'X-Accel-Buffering': 'no',
});

type EventStream = Response & TypedResponse<string, 200, 'text'>;

/** The response to `HEAD`. */
export const eventStreamHead = (c: Context<HttpEnv>) =>
  new Response(null, { status: 200, headers: headersOf(c) }) as EventStream;

interface Followed {
  readonly reader: LiveReader;
  readonly isReset: boolean;
  /** Asked before anything is sent: the stream ends when it is not. */
  readonly isAllowed: () => boolean;
}

/**
 * 200 with what a reader is told as server-sent events, taken from it as fast as the client reads:
 * what does not fit waits in the reader, where it has a limit. Hono's `streamSSE` writes a text of
 * its own for each client and goes on when the client does not read, which is why it is not used.
 */
export const eventStream = (
  c: Context<HttpEnv>,
  live: LiveReadings,
  { reader, isReset, isAllowed }: Followed,
) => {
  const socket = c.env?.incoming?.socket;
  let resolveFollowed: (ending: Ending) => void = () => {};
  c.set(
    'followed',
    new Promise((resolve) => {
      resolveFollowed = resolve;
    }),
  );
  const leave = (ending: Ending) => {
    socket?.off('close', left).off('end', left);
    // First: if nobody waits for it, it ends as one who does not read.
    resolveFollowed(ending);
    live.leave(reader);
  };
  const outcome = () => (socket !== undefined && isCut(socket) ? 'cut' : 'left');
  const left = () => leave(outcome());
  const endInOrder = (ending: Ending) => {
    // Not as one who does not read.
    reader.onStuck = () => undefined;
    leave(ending);
  };
  // An id without an event: who is cut off before the first one can go on all the same.
  const firstId = `id: ${live.lastEventId}\n`;
  const reset = `${firstId}event: reset\ndata: ${RESET}\n\n`;
  const isBehind = reader.pendingBytes > 0;
  const opening = isReset ? reset : isBehind ? ': connected\n\n' : `${firstId}\n`;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(opening)),
      async pull(controller) {
        const news = await reader.next();
        if (news === undefined) {
          leave('cut');
          controller.close();
        } else if (!isAllowed()) {
          endInOrder('cut');
          controller.close();
        } else if ('idleAt' in news) {
          const id = live.eventIdAt(news.idleAt);
          controller.enqueue(encoder.encode(`: keep-alive\nid: ${id}\n\n`));
        } else for (const run of news) controller.enqueue(eventsOf(run, live));
      },
      cancel: () => endInOrder(outcome()),
    },
    { highWaterMark: 0 },
  );
  reader.onStuck = () => {
    resolveFollowed('cut');
    c.env?.outgoing?.destroy();
  };
  if (c.req.raw.signal.aborted || socket?.destroyed) left();
  // Who ends its side has left: nobody follows a stream so, and there may be nothing to send that
  // would find out.
  else socket?.once('close', left).once('end', left);
  return new Response(body, { status: 200, headers: headersOf(c) }) as EventStream;
};
