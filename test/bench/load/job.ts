import type { RequestsSpec } from './requests.ts';

/** What a load generator is to do. */
export interface LoadJob {
  readonly url: string;
  readonly connections: number;
  readonly requests: RequestsSpec;
  /** How long requests are sent; until there are none left without it. */
  readonly durationMs?: number;
  /**
   * Sends at a fixed rate whether or not answers come, instead of the next request on each answer.
   * A latency then counts from the moment at which the request was due, so that a service that
   * stalls is not spared what it made others wait.
   */
  readonly ratePerSecond?: number;
}

export interface LoadResult {
  /** Of the requests answered with 200, from the first byte sent to the last received. */
  readonly latenciesMs: Float64Array;
  /** Requests answered with anything else, by status. */
  readonly otherStatuses: ReadonlyMap<number, number>;
  readonly sent: number;
  /** From the first request to the last answer. */
  readonly wallMs: number;
  /** At a fixed rate: how much later than due the generator itself took up each request. */
  readonly tardinessMs: Float64Array;
}
