import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Context, TypedResponse } from 'hono';
import type { Logger } from 'pino';
import type { HttpEnv } from '../http-app.ts';
import { jsonHeaders } from '../middleware/request-context.ts';

const encoder = new TextEncoder();

/**
 * A client that takes nothing for so long has its connection cut: as long as an answer is under way
 * the files that it is read from stay on disk, also when all in them has been erased meanwhile.
 */
const PATIENCE_MS = 60_000;

/**
 * 200 with the JSON of a `T` that is still being put together, sent as fast as the client takes it.
 * When it cannot be completed, or is not taken, the connection is cut, so that nobody takes a part
 * for the whole.
 * `end` is called once in every case: sent, failed, given up by the client, not asked for by HEAD.
 */
export const streamedJson = async <T>(
  c: Context<HttpEnv>,
  texts: AsyncGenerator<string>,
  log: Logger,
  end: () => Promise<void>,
) => {
  const headers = jsonHeaders(c);
  const answer = (body: ReadableStream<Uint8Array> | null) =>
    new Response(body, { status: 200, headers }) as Response & TypedResponse<T, 200, 'json'>;
  if (c.req.method === 'HEAD') {
    await end();
    return answer(null);
  }
  let isOver = false;
  let tellSent = () => {};
  c.set(
    'sent',
    new Promise((resolve) => {
      tellSent = resolve;
    }),
  );
  let patience: NodeJS.Timeout | undefined;
  const socket = c.env?.incoming?.socket;
  const over = async () => {
    clearTimeout(patience);
    socket?.off('close', over);
    if (isOver) return;
    isOver = true;
    await end();
    tellSent();
  };
  const cutShort = async (controller: ReadableStreamDefaultController, error: unknown) => {
    log.error({ err: error, requestId: c.get('requestId') }, 'an answer was cut short');
    await over();
    // The server would write an error of the stream to the console as well.
    if (c.env?.outgoing !== undefined) c.env.outgoing.destroy();
    else controller.error(error);
  };
  const waitFor = (controller: ReadableStreamDefaultController) => {
    const error = new Error(`the client has taken nothing for ${PATIENCE_MS / 1000} s`);
    patience = setTimeout(() => void cutShort(controller, error), PATIENCE_MS).unref();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: waitFor,
      async pull(controller) {
        clearTimeout(patience);
        // With a client that takes all there is, nobody else would have a turn.
        await nextTurn();
        try {
          const { done, value } = await texts.next();
          if (isOver) return;
          if (!done) {
            controller.enqueue(encoder.encode(value));
            waitFor(controller);
            return;
          }
          await over();
          controller.close();
        } catch (error) {
          if (!isOver) await cutShort(controller, error);
        }
      },
      cancel: over,
    },
    { highWaterMark: 0 },
  );
  // The server neither reads nor cancels an answer whose client left before it was begun, as that
  // to a request that was sent while another was being answered.
  if (c.req.raw.signal.aborted || socket?.destroyed) await over();
  else socket?.once('close', over);
  return answer(body);
};
