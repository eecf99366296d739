import type { Context, TypedResponse } from 'hono';
import type { HttpEnv } from '../http-app.ts';
import { commonHeaders } from './common-headers.ts';

/** The headers of a 200 with JSON. */
export const jsonHeaders = (c: Pick<Context<HttpEnv>, 'get'>): Record<string, string> => {
  // A spread takes twenty times as long, and most responses are to single readings.
  const headers: Record<string, string> = commonHeaders(c);
  headers['Content-Type'] = 'application/json';
  return headers;
};

/** 200 with the JSON of a `T` that was put together by hand, and headers besides the usual. */
export const plainJson = <T>(
  c: Pick<Context<HttpEnv>, 'get'>,
  json: string,
  more?: Readonly<Record<string, string>>,
) => {
  const headers = jsonHeaders(c);
  headers['Content-Length'] = String(Buffer.byteLength(json));
  if (more !== undefined) Object.assign(headers, more);
  return new Response(json, { status: 200, headers }) as Response & TypedResponse<T, 200, 'json'>;
};
