/** What a figure should be, from the goals of the project. */
export type Goal =
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly under: number };

/** One thing that was measured. */
export interface Figure {
  readonly workload: number;
  readonly work: string;
  /** What of the work: `p50`, `rate` … */
  readonly measure: string;
  readonly value: number;
  /** `x` for a ratio. */
  readonly unit: string;
  readonly goal?: Goal;
  /** What the value is made of: one for each round, or how many samples a percentile has. */
  readonly rounds?: readonly number[];
  readonly samples?: number;
  /** What to know about it, in words. */
  readonly note?: string;
}

export const isMet = ({ value, goal }: Figure): boolean | undefined => {
  if (goal === undefined) return undefined;
  if ('atLeast' in goal) return value >= goal.atLeast;
  return 'atMost' in goal ? value <= goal.atMost : value < goal.under;
};
