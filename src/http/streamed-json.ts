import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Context, TypedResponse } from 'hono';
import type { Logger } from 'pino';
import type { HttpEnv } from './http-app.ts';
import { jsonHeaders } from './request-context.ts';

const encoder = new TextEncoder();

/**
 * 200 with the JSON of a `T` that is still being put together, sent as fast as the client takes it.
 * When it cannot be completed the connection is cut, so that nobody takes a part for the whole.
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
  const over = async () => {
    if (isOver) return;
    isOver = true;
    await end();
    tellSent();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // With a client that takes all there is, nobody else would have a turn.
        await nextTurn();
        try {
          const { done, value } = await texts.next();
          if (isOver) return;
          if (!done) return controller.enqueue(encoder.encode(value));
          await over();
          controller.close();
        } catch (error) {
          if (isOver) return;
          log.error({ err: error, requestId: c.get('requestId') }, 'an answer was cut short');
          await over();
          // The server would write an error of the stream to the console as well.
          if (c.env?.outgoing !== undefined) c.env.outgoing.destroy();
          else controller.error(error);
        }
      },
      cancel: over,
    },
    { highWaterMark: 0 },
  );
  return answer(body);
};
