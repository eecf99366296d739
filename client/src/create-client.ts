import type { HeartRateClient, HeartRateClientOptions } from './heart-rate-client.ts';
import { erasureOperations } from './operations/erasure.ts';
import { ingestOperations } from './operations/ingest.ts';
import { iterators } from './operations/iterators.ts';
import { queryOperations } from './operations/query.ts';
import { stateOperations } from './operations/state.ts';
import { transportOf } from './transport.ts';

/**
 * A client of the heart-rate service, for Node and browsers.
 *
 * @example
 * const client = createHeartRateClient({ baseUrl: 'http://127.0.0.1:8000' });
 * await client.ingest({
 *   user_id: 'user_123',
 *   device_id: 'device_a',
 *   timestamp: '2024-01-15T10:00:00Z',
 *   heart_rate: 75,
 * });
 * const day = { start: '2024-01-15T00:00:00Z', end: '2024-01-16T00:00:00Z' };
 * const series = await client.query({ user_id: 'user_123', ...day });
 *
 * @throws TypeError at once when `baseUrl` is no http or https address, a header is malformed, or
 * an option is of another type.
 * @throws RangeError at once when a number makes no sense.
 */
export const createHeartRateClient = (options: HeartRateClientOptions): HeartRateClient => {
  const transport = transportOf(options);
  return {
    ...ingestOperations(transport),
    ...queryOperations(transport),
    ...iterators(transport),
    ...stateOperations(transport),
    ...erasureOperations(transport),
  };
};
