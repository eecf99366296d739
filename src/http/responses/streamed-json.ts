import type { Context, TypedResponse } from 'hono';
import type { Logger } from 'pino';
import type { HttpEnv } from '../http-app.ts';
import { jsonHeaders } from './plain-json.ts';
import { type Streamed, streamedResponse } from './streamed-response.ts';

/**
 * 200 with the JSON of a `T` that is still being produced. `headers` are those it has besides what
 * each JSON has. See {@link streamedResponse}.
 */
export const streamedJson = async <T>(c: Context<HttpEnv>, streamed: Streamed, log: Logger) => {
  const headers = { ...jsonHeaders(c), ...streamed.headers };
  const response = await streamedResponse(c, { ...streamed, headers }, log);
  return response as Response & TypedResponse<T, 200, 'json'>;
};
