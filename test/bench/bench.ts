import type { Figure } from './figure.ts';
import type { LoadGenerator } from './load/load-generator.ts';
import type { BenchOptions } from './options.ts';
import type { StoredDays } from './stored-days.ts';

/** What a workload has at hand. */
export interface Bench {
  readonly options: BenchOptions;
  readonly load: LoadGenerator;
  /** For a second load at the same time. */
  readonly otherLoad: LoadGenerator;
  readonly stored: StoredDays;
  /** Says what is being done. */
  step(text: string): void;
}

export type Workload = (bench: Bench) => Promise<Figure[]>;
