import { errors, types } from 'cassandra-driver';
import { StoreUnavailableError } from '../reading-store.ts';

const RETRY_AFTER_SECONDS = 1;
const { responseErrorCodes: CODES } = types;

/** What a node says of its state or of other nodes, not of what it was asked for. */
const OF_CLUSTER: ReadonlySet<number> = new Set([
  CODES.serverError,
  CODES.unavailableException,
  CODES.overloaded,
  CODES.isBootstrapping,
  CODES.writeTimeout,
  CODES.readTimeout,
  CODES.readFailure,
  CODES.writeFailure,
]);

const isOfCluster = (error: unknown): boolean => {
  if (error instanceof errors.ResponseError) return OF_CLUSTER.has(error.code);
  return (
    error instanceof errors.NoHostAvailableError ||
    error instanceof errors.OperationTimedOutError ||
    error instanceof errors.BusyConnectionError
  );
};

/**
 * What the driver rejected with, as the service says it: a cluster that cannot answer now is no
 * mistake of the service. Whether something was stored all the same is not known then. The driver's
 * own words name nodes, and who sends readings need not know them.
 */
export const unavailableWhenOfCluster = (error: unknown): unknown =>
  isOfCluster(error)
    ? new StoreUnavailableError('The Cassandra cluster cannot answer now.', RETRY_AFTER_SECONDS, {
        cause: error,
      })
    : error;
