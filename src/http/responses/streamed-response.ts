import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { Ending } from '../../audit/audit-event.ts';
import { isCut } from '../cut-connections.ts';
import type { HttpEnv } from '../http-app.ts';

const encoder = new TextEncoder();

/**
 * A client that reads nothing for so long loses its connection: as long as a response is streamed,
 * the files it is read from stay on disk, even when all readings in them have been erased.
 */
const CLIENT_TIMEOUT_MS = 60_000;

/** What is sent, and what ends with it. */
export interface Streamed {
  /** Text is sent as UTF-8. */
  readonly chunks: AsyncGenerator<string | Uint8Array>;
  readonly headers: Readonly<Record<string, string>>;
  /** Called once in every case: sent, failed, given up by the client, not needed for HEAD. */
  readonly end: () => Promise<void>;
}

/**
 * 200 with what is still being produced, sent as fast as the client reads it.
 * When it cannot be completed, or is not read, the connection is closed, so that no client takes a
 * part for the whole.
 */
export const streamedResponse = async (
  c: Context<HttpEnv>,
  { chunks, headers, end }: Streamed,
  log: Logger,
): Promise<Response> => {
  const respond = (body: ReadableStream<Uint8Array> | null) =>
    new Response(body, { status: 200, headers });
  if (c.req.method === 'HEAD') {
    await end();
    return respond(null);
  }
  let isOver = false;
  let resolveSent: (ending: Ending) => void = () => {};
  c.set(
    'sent',
    new Promise((resolve) => {
      resolveSent = resolve;
    }),
  );
  let timeout: NodeJS.Timeout | undefined;
  const socket = c.env?.incoming?.socket;
  const over = async (ending: Ending) => {
    clearTimeout(timeout);
    socket?.off('close', left);
    if (isOver) return;
    isOver = true;
    await end();
    resolveSent(ending);
  };
  const left = () => over(socket !== undefined && isCut(socket) ? 'cut' : 'left');
  const breakOff = async (controller: ReadableStreamDefaultController, error: unknown) => {
    log.error({ err: error, requestId: c.get('requestId') }, 'a response was broken off');
    await over('cut');
    // The server would write an error of the stream to the console as well.
    if (c.env?.outgoing !== undefined) c.env.outgoing.destroy();
    else controller.error(error);
  };
  const waitForClient = (controller: ReadableStreamDefaultController) => {
    const error = new Error(`the client has read nothing for ${CLIENT_TIMEOUT_MS / 1000} s`);
    timeout = setTimeout(() => void breakOff(controller, error), CLIENT_TIMEOUT_MS).unref();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: waitForClient,
      async pull(controller) {
        clearTimeout(timeout);
        // A client that reads at full speed would otherwise keep other requests waiting.
        await nextTurn();
        try {
          const { done, value } = await chunks.next();
          if (isOver) return;
          if (!done) {
            controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value);
            waitForClient(controller);
            return;
          }
          await over('complete');
          controller.close();
        } catch (error) {
          if (!isOver) await breakOff(controller, error);
        }
      },
      cancel: left,
    },
    { highWaterMark: 0 },
  );
  // The server neither reads nor cancels a response whose client left before it began, as happens
  // to a pipelined request.
  if (c.req.raw.signal.aborted || socket?.destroyed) await left();
  else socket?.once('close', left);
  return respond(body);
};
