import type { Context, TypedResponse } from 'hono';
import type { HttpEnv } from '../http-app.ts';
import { commonHeaders } from './common-headers.ts';

/** The headers of a 200 with JSON. */
export const jsonHeaders = (c: Pick<Context<HttpEnv>, 'get'>) => ({
  ...commonHeaders(c),
  'Content-Type': 'application/json',
});

/** 200 with the JSON of a `T` that was put together by hand. */
export const plainJson = <T>(
  c: Pick<Context<HttpEnv>, 'get'>,
  json: string,
  headers: Readonly<Record<string, string>> = {},
) =>
  new Response(json, {
    status: 200,
    headers: {
      ...jsonHeaders(c),
      'Content-Length': String(Buffer.byteLength(json)),
      ...headers,
    },
  }) as Response & TypedResponse<T, 200, 'json'>;
