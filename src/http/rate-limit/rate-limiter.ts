import { TokenBucket } from 'limiter';
import { LRUCache } from 'lru-cache';

export interface RateLimit {
  /** So many requests a second a client may send in the long run … */
  readonly perSecond: number;
  /** … and so many at once. */
  readonly burst: number;
}

/** Who has not been heard of for longest is forgotten, and begins anew. 300 bytes each. */
const MAX_CLIENTS = 20_000;

/** What was decided on a request, and what is left. */
export interface Admission {
  readonly isAdmitted: boolean;
  /** Until the next request is admitted; 0 when it is at once. */
  readonly waitMs: number;
  /** `RateLimit-Policy` and `RateLimit`, as draft-ietf-httpapi-ratelimit-headers-11 spells them. */
  readonly policy: string;
  readonly state: string;
}

/** Counts the requests of each client in a token bucket of its own. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #policy: string;
  readonly #buckets: LRUCache<string, TokenBucket>;

  constructor(limit: RateLimit, maxClients = MAX_CLIENTS) {
    this.#limit = limit;
    this.#buckets = new LRUCache({ max: maxClients });
    const windowSeconds = Math.max(1, Math.ceil(limit.burst / limit.perSecond));
    this.#policy = `"default";q=${limit.burst};w=${windowSeconds}`;
  }

  admit(client: string): Admission {
    const { perSecond, burst } = this.#limit;
    const bucket = this.#bucketOf(client);
    const isAdmitted = bucket.tryRemoveTokens(1);
    const left = Math.floor(bucket.content);
    const fullInSeconds = Math.ceil((burst - bucket.content) / perSecond);
    return {
      isAdmitted,
      waitMs: isAdmitted ? 0 : bucket.getWaitTime(1),
      policy: this.#policy,
      state: `"default";r=${left};t=${fullInSeconds}`,
    };
  }

  #bucketOf(client: string): TokenBucket {
    const known = this.#buckets.get(client);
    if (known !== undefined) return known;
    const { perSecond, burst } = this.#limit;
    const bucket = new TokenBucket({
      bucketSize: burst,
      tokensPerInterval: perSecond,
      interval: 'second',
    });
    bucket.content = burst;
    this.#buckets.set(client, bucket);
    return bucket;
  }
}
