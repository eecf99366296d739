import type { ErrorHandler } from 'hono';
import { ClientGoneError } from '../../query/client-gone.ts';
import { StoreUnavailableError } from '../../storage/reading-store.ts';
import type { HttpEnv, HttpServices } from '../http-app.ts';
import { ProblemException, problem, unavailable } from '../responses/problem.ts';

/** The response to whatever a handler threw; logs what is a mistake of the service. */
export const errorHandler =
  (log: HttpServices['log']): ErrorHandler<HttpEnv> =>
  (error, c) => {
    if (error instanceof ProblemException) return problem(c, error.kind, error.extra);
    // The client has left. Only the log and the metrics see this status, the usual one for it.
    if (error instanceof ClientGoneError) return new Response(null, { status: 499 });
    if (error instanceof StoreUnavailableError) {
      return unavailable(c, error.message, error.retryAfterSeconds);
    }
    log.error({ err: error, requestId: c.get('requestId') }, 'request failed');
    return problem(c, 'internal-error');
  };
