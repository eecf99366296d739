import type { Context, TypedResponse } from 'hono';
import type { VersionedRead } from '../../query/read-versions.ts';
import type { HttpEnv } from '../http-app.ts';
import { commonHeaders } from './common-headers.ts';

/** The header of a response with this tag. It is weak: the response may be compressed or not. */
export const etagHeader = (tag: string) => ({ ETag: `W/"${tag}"` });

/** Whether the client has the response with the tag (RFC 9110 13.1.2); `*` names whatever there is. */
export const hasTag = (ifNoneMatch: string | undefined, tag: string): boolean =>
  ifNoneMatch?.trim() === '*' || ifNoneMatch?.includes(`"${tag}"`) === true;

/** The tag of what the query would read now, if the client has that already. */
export const knownTag = async (
  ifNoneMatch: string | undefined,
  read: VersionedRead,
): Promise<string | undefined> => {
  if (ifNoneMatch === undefined) return undefined;
  const tag = await read.current();
  return tag !== undefined && hasTag(ifNoneMatch, tag) ? tag : undefined;
};

/** What the router's types say of a response without content. */
type NoContent = Record<never, never>;

/** 304: the client has the response with this tag. */
export const notModified = (c: Context<HttpEnv>, tag: string) =>
  new Response(null, {
    status: 304,
    headers: { ...commonHeaders(c), ...etagHeader(tag) },
  }) as Response & TypedResponse<NoContent, 304, 'body'>;
