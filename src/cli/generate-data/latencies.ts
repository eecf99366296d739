const RECENT = 1000;

const nearestRank = (values: readonly number[], quantile: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? Number.NaN;
};

const inWords = (values: readonly number[]): string => {
  if (values.length === 0) return 'none';
  const [p50, p99] = [0.5, 0.99].map((quantile) => nearestRank(values, quantile).toFixed(1));
  return `p50 ${p50} ms, p99 ${p99} ms`;
};

/** How long calls took, in milliseconds. */
export class Latencies {
  readonly #allMs: number[] = [];

  /** Runs a call and notes how long it took, whether it went well or not. */
  async time<T>(call: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    try {
      return await call();
    } finally {
      this.#allMs.push(performance.now() - startMs);
    }
  }

  /** `p50 1.2 ms, p99 8.4 ms`, or `none`. */
  overall(): string {
    return inWords(this.#allMs);
  }

  /** The same of the last thousand calls. */
  recent(): string {
    return inWords(this.#allMs.slice(-RECENT));
  }
}
