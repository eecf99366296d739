import type { components } from '../../generated/openapi-types.ts';
import { parseRetryAfter } from './retry-after.ts';

type ServiceProblem = components['schemas']['Problem'];

/** The problems that the service itself responds with. */
export type ProblemType = ServiceProblem['type'];

/**
 * An RFC 9457 problem: what the service says when it refuses or fails. Its `type` is a
 * {@link ProblemType}, or any other text when something in between responded.
 */
export interface Problem extends Omit<ServiceProblem, 'type'> {
  readonly type: string;
}

const EXCERPT_LENGTH = 200;

/** True for a body that is a problem, whatever the media type it came with. */
const isProblem = (body: unknown): body is Omit<Problem, 'type'> & { type?: unknown } =>
  typeof body === 'object' &&
  body !== null &&
  'title' in body &&
  typeof body.title === 'string' &&
  'status' in body &&
  typeof body.status === 'number';

/** True for a problem of just this kind; a proxy's own 404, say, is of none of the service's. */
export const isProblemOfType = (body: unknown, type: ProblemType): boolean =>
  isProblem(body) && body.type === type;

/** What an error response means, also one that is no problem, such as the HTML of a proxy's 502. */
const problemOf = (response: Response, body: unknown): Problem => {
  // RFC 9457, 3.1.1: without a type it is `about:blank`.
  if (isProblem(body)) return { ...body, type: String(body.type ?? 'about:blank') };
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  return {
    type: 'about:blank',
    title: response.statusText || `HTTP ${response.status}`,
    status: response.status,
    ...(text.length > 0 && { detail: text.slice(0, EXCERPT_LENGTH) }),
  };
};

const describe = ({ title, detail, errors = [] }: Problem): string => {
  const first = errors[0];
  const where = first && ` (${first.pointer || 'body'}: ${first.detail})`;
  const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
  return `${title}${detail ? `: ${detail}` : ''}${where ?? ''}${more}`;
};

/** The service responded with an error, and asking again in the same way is of no use for now. */
export class HeartRateApiError extends Error {
  override readonly name = 'HeartRateApiError';
  /** The HTTP status of the response. */
  readonly status: number;
  /** What the service said; made of the status and the body's beginning when that is no problem. */
  readonly problem: Problem;
  /** `X-Request-Id` of the response, under which the service's log says more. */
  readonly requestId: string | undefined;
  /** How long the service asks to wait (`Retry-After`), in milliseconds from its response. */
  readonly retryAfterMs: number | undefined;

  constructor(response: Response, body: unknown) {
    const problem = problemOf(response, body);
    super(`${response.status} ${describe(problem)}`);
    this.status = response.status;
    this.problem = problem;
    this.requestId = response.headers.get('x-request-id') ?? undefined;
    this.retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
  }
}

/**
 * No response came that is one of this service: the connection failed or the time was up in every
 * attempt (`cause` is how the last one ended), or something else responded.
 */
export class HeartRateConnectionError extends Error {
  override readonly name = 'HeartRateConnectionError';
}
