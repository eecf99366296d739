import { type errors, metrics } from 'cassandra-driver';

/** What came of a request to a node instead of what was asked for. */
export type ClusterError =
  | 'unavailable'
  | 'write_timeout'
  | 'read_timeout'
  | 'client_timeout'
  | 'connection'
  | 'other';

/** What is told of a cluster, for metrics. */
export interface ClusterObserver {
  /** A node has done what it was asked for; in milliseconds. */
  answered(durationMs: number): void;
  /** A node has not; the driver may have asked another one then. */
  failed(error: ClusterError): void;
  /** The driver asks once more after an error. */
  retried(): void;
  /** The driver asks a second node, as the first has not answered for a while. */
  speculated(): void;
  /** Every few seconds: the nodes of the data centre, and by how much the clock is certainly off. */
  looked(nodes: { readonly up: number; readonly down: number; readonly skewMs: number }): void;
}

/** As the driver wants to be observed. */
export const driverMetrics = (observer: ClusterObserver): metrics.ClientMetrics => {
  const failed = (error: ClusterError) => (_: Error | errors.DriverError) => observer.failed(error);
  const retried = () => observer.retried();
  const observed: metrics.ClientMetrics = {
    onSuccessfulResponse: ([seconds = 0, nanos = 0]) =>
      observer.answered(seconds * 1e3 + nanos / 1e6),
    onSpeculativeExecution: () => observer.speculated(),
    onUnavailableError: failed('unavailable'),
    onWriteTimeoutError: failed('write_timeout'),
    onReadTimeoutError: failed('read_timeout'),
    onClientTimeoutError: failed('client_timeout'),
    onConnectionError: failed('connection'),
    onAuthenticationError: failed('connection'),
    onOtherError: failed('other'),
    ...{ onUnavailableRetry: retried, onWriteTimeoutRetry: retried, onReadTimeoutRetry: retried },
    ...{ onClientTimeoutRetry: retried, onOtherErrorRetry: retried },
    // Of each answer, also those that are counted above.
    onResponse: () => undefined,
    onIgnoreError: () => undefined,
  };
  // It takes none that is not an instance of its own class.
  return Object.assign(new metrics.DefaultMetrics(), observed);
};
