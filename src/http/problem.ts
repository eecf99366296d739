import type { Context } from 'hono';
import type { components } from '../../generated/openapi-types.ts';

export type Problem = components['schemas']['Problem'];
export type ProblemError = components['schemas']['ProblemError'];

const TITLES = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type ProblemStatus = keyof typeof TITLES;

/** How many things that are wrong one answer lists. */
const MAX_PROBLEM_ERRORS = 20;

/** The answer for everything that is not a success: RFC 9457. */
export const problem = <S extends ProblemStatus>(
  c: Context,
  status: S,
  extra: Pick<Problem, 'detail' | 'errors'> = {},
) => {
  const body: Problem = { type: 'about:blank', title: TITLES[status], status, ...extra };
  return c.json(body, status, { 'Content-Type': 'application/problem+json' });
};

/** 400 with what is wrong, as far as the list goes. */
export const badRequest = (c: Context, errors: readonly ProblemError[]) =>
  problem(c, 400, {
    detail: 'The request is not valid.',
    errors: errors.slice(0, MAX_PROBLEM_ERRORS),
  });

/** 503: nothing is acknowledged, and it is safe to send the same again after a while. */
export const unavailable = (c: Context, detail: string, retryAfterSeconds: number) => {
  c.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  return problem(c, 503, { detail });
};

/** Ends a request, from wherever it is, with a problem. */
export class ProblemException extends Error {
  override readonly name = 'ProblemException';
  readonly status: ProblemStatus;
  readonly errors: readonly ProblemError[] | undefined;

  constructor(status: ProblemStatus, detail: string, errors?: readonly ProblemError[]) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}
