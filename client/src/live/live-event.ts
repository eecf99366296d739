import type { StoredReading } from '../data.ts';
import type { HeartRateApiError, HeartRateConnectionError } from '../errors.ts';

/** What somebody who follows a person's readings is told. */
export type LiveEvent =
  /** It is connected. From here on each accepted reading is told, until `lost`. */
  | { readonly type: 'open' }
  /** A reading was accepted, for the first time or again; its `timestamp` is in UTC. */
  | { readonly type: 'reading'; readonly reading: StoredReading }
  /** Readings may have come that are not told: ask for the series anew. It goes on from here. */
  | { readonly type: 'reset' }
  /** The connection was lost, or none came. It will be made again by itself. */
  | { readonly type: 'lost'; readonly error: HeartRateApiError | HeartRateConnectionError };
