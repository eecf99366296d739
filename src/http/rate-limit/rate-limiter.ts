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

/** What is left to a client, as draft-ietf-httpapi-ratelimit-headers-11 spells it. */
export interface RateLimitHeaders {
  readonly 'RateLimit-Policy': string;
  readonly RateLimit: string;
}

/** What was decided on a request. */
export interface Admission {
  readonly isAdmitted: boolean;
  /** Until the next request is admitted; 0 when it is at once. */
  readonly waitMs: number;
  /** Undefined as long as more than half is left: to send them takes 5 % of the time of a reading. */
  readonly headers: RateLimitHeaders | undefined;
}

/** Of which all of the burst can be taken at once; the library begins with an empty one. */
export const fullBucket = ({ perSecond, burst }: RateLimit): TokenBucket => {
  const bucket = new TokenBucket({
    bucketSize: burst,
    tokensPerInterval: perSecond,
    interval: 'second',
  });
  bucket.content = burst;
  return bucket;
};

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
    const { burst } = this.#limit;
    const bucket = this.#bucketOf(client);
    const isAdmitted = bucket.tryRemoveTokens(1);
    const { content } = bucket;
    return {
      isAdmitted,
      waitMs: isAdmitted ? 0 : bucket.getWaitTime(1),
      headers: content > burst / 2 ? undefined : this.#headers(content),
    };
  }

  #headers(content: number): RateLimitHeaders {
    const { perSecond, burst } = this.#limit;
    const fullInSeconds = Math.ceil((burst - content) / perSecond);
    return {
      'RateLimit-Policy': this.#policy,
      RateLimit: `"default";r=${Math.floor(content)};t=${fullInSeconds}`,
    };
  }

  #bucketOf(client: string): TokenBucket {
    const known = this.#buckets.get(client);
    if (known !== undefined) return known;
    const bucket = fullBucket(this.#limit);
    this.#buckets.set(client, bucket);
    return bucket;
  }
}
