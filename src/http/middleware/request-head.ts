import type { IncomingMessage } from 'node:http';
import { createMiddleware } from 'hono/factory';
import type { HttpEnv } from '../http-app.ts';
import { ProblemException } from '../responses/problem.ts';

const malformed = (detail: string) => new ProblemException('malformed-http', detail);

const HOST = 'host';

/** How many Host headers there are; Node's `headers` has the first one only. */
const hostsIn = ({ rawHeaders }: IncomingMessage): number => {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === HOST.length && name.toLowerCase() === HOST) count++;
  }
  return count;
};

/** It is not a part of targets (RFC 9112 3.2), and Hono cuts it: `user_id=1#00` would be user 1. */
const checkFragment = (target: string): void => {
  if (target.includes('#')) throw malformed('The request target has a fragment.');
};

/** RFC 9112 3.2: one Host, which only HTTP/1.0 may leave out. */
const checkHost = (incoming: IncomingMessage): void => {
  if (hostsIn(incoming) > 1) throw malformed('The request has more than one Host header.');
  if (!incoming.headers.host && incoming.httpVersion !== '1.0') {
    throw malformed('The request has no Host header.');
  }
};

/** Hono takes what it cannot decode as it stands: `user_id=100%` would be somebody's id. */
const checkEncoding = (target: string): void => {
  if (!target.includes('%')) return;
  try {
    decodeURIComponent(target);
  } catch {
    throw malformed('The request target is not percent-encoded UTF-8.');
  }
};

/**
 * Refuses what RFC 9112 refuses and Node lets pass, and responds to what Node's parser refused.
 * A request that came by no connection has only its encoding to be wrong.
 */
export const requestHead = createMiddleware<HttpEnv>((c, next) => {
  const { refusal, incoming } = c.env ?? {};
  if (refusal !== undefined) throw new ProblemException(refusal.kind, refusal.detail);
  if (incoming !== undefined) {
    checkHost(incoming);
    checkFragment(incoming.url ?? '');
  }
  checkEncoding(incoming?.url ?? c.req.url);
  return next();
});
