import type { Context } from 'hono';
import type { components } from '../../../generated/openapi-types.ts';
import { zProblemErrors } from '../../../generated/zod/zod.gen.ts';
import type { HttpEnv } from '../http-app.ts';
import { maxItemsOf } from '../schema/array-limit.ts';
import { commonHeaders } from './common-headers.ts';

export type Problem = components['schemas']['Problem'];
export type ProblemError = components['schemas']['ProblemError'];

/** The prefix of every problem type. */
const PREFIX = 'urn:problem:heart-rate:';

/** A problem type of the contract, without its prefix. */
export type ProblemKind = Problem['type'] extends `${typeof PREFIX}${infer Kind}` ? Kind : never;

const KINDS = {
  'invalid-request': { status: 400, title: 'Invalid request' },
  'malformed-http': { status: 400, title: 'Malformed HTTP' },
  unauthorized: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  'no-readings': { status: 404, title: 'No readings' },
  'no-such-path': { status: 404, title: 'No such path' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'request-timeout': { status: 408, title: 'Request timeout' },
  'content-too-large': { status: 413, title: 'Content too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'misdirected-request': { status: 421, title: 'Misdirected request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'Headers too large' },
  'internal-error': { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Service unavailable' },
} as const satisfies Record<ProblemKind, Pick<Problem, 'status' | 'title'>>;

/** How many errors one response lists. */
export const MAX_PROBLEM_ERRORS = maxItemsOf(zProblemErrors);

/** What else a problem says. */
type ProblemDetails = Pick<Problem, 'detail' | 'errors' | 'invalid_count'>;

/** The body of every response that is not a success: RFC 9457. */
export const problemBody = (kind: ProblemKind, extra: ProblemDetails = {}): Problem => ({
  type: `${PREFIX}${kind}`,
  ...KINDS[kind],
  ...extra,
});

/** The response to everything that is not a success. */
export const problem = <K extends ProblemKind>(
  c: Pick<Context<HttpEnv>, 'get' | 'json'>,
  kind: K,
  extra: ProblemDetails = {},
) => {
  const { status }: { status: (typeof KINDS)[K]['status'] } = KINDS[kind];
  return c.json(problemBody(kind, extra), status, {
    ...commonHeaders(c),
    'Content-Type': 'application/problem+json',
  });
};

/** 400 with the errors, cut to as many as the contract allows. */
export const badRequest = (c: Context<HttpEnv>, errors: readonly ProblemError[]) =>
  problem(c, 'invalid-request', {
    detail: 'The request is not valid.',
    errors: errors.slice(0, MAX_PROBLEM_ERRORS),
  });

const retryAfter = (c: Context<HttpEnv>, seconds: number): void =>
  c.header('Retry-After', String(Math.max(1, Math.ceil(seconds))));

/** 429: the client has sent too much, and may send more when it has waited. */
export const tooManyRequests = (c: Context<HttpEnv>, waitMs: number) => {
  retryAfter(c, waitMs / 1000);
  return problem(c, 'too-many-requests', { detail: 'The client sends too many requests.' });
};

/** 503: nothing was acknowledged, and it is safe to send the same again later. */
export const unavailable = (c: Context<HttpEnv>, detail: string, retryAfterSeconds: number) => {
  retryAfter(c, retryAfterSeconds);
  return problem(c, 'unavailable', { detail });
};

/** Ends a request with a problem, from wherever it is thrown. */
export class ProblemException extends Error {
  override readonly name = 'ProblemException';
  readonly kind: ProblemKind;
  readonly extra: ProblemDetails;

  constructor(kind: ProblemKind, detail: string, extra: Omit<ProblemDetails, 'detail'> = {}) {
    super(detail);
    this.kind = kind;
    this.extra = { detail, ...extra };
  }
}
