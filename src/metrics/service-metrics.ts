import { Counter, Histogram, type Registry } from 'prom-client';

/** What the service counts and times: requests, queries and readings. */
export interface ServiceMetrics {
  readonly registry: Registry;
  readonly requestDuration: Histogram<'method' | 'route' | 'status'>;
  readonly queryDuration: Histogram;
  readonly readingsAccepted: Counter;
  readonly readingsRejected: Counter;
}

export const createServiceMetrics = (registry: Registry): ServiceMetrics => {
  const registers = [registry];
  return {
    registry,
    requestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Requests by method, route and status, and how long they took.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    queryDuration: new Histogram({
      name: 'heart_rate_query_duration_seconds',
      help: 'Series queries and how long they took, with the wait for a place among MAX_QUERIES, without HTTP and waits for a client to read.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    readingsAccepted: new Counter({
      name: 'heart_rate_readings_accepted_total',
      help: 'Readings that were stored.',
      registers,
    }),
    readingsRejected: new Counter({
      name: 'heart_rate_readings_rejected_total',
      help: 'Readings that were refused because they are not valid.',
      registers,
    }),
  };
};
