import { bar } from '../show-progress.ts';

export interface Progress {
  readonly readings: number;
  readonly total: number;
  readonly elapsedMs: number;
  /** In words, of the last requests. */
  readonly latency: string;
  readonly errors: number;
}

const count = (value: number): string => value.toLocaleString('en-US');

/** `[███░…] 4,200/10,000 readings, 84/s, p50 1.2 ms, p99 8.4 ms, 0 errors` */
export const progressLine = ({ readings, total, elapsedMs, latency, errors }: Progress): string => {
  const perSecond = elapsedMs > 0 ? Math.round((readings * 1000) / elapsedMs) : 0;
  const done = `${bar(readings / total)} ${count(readings)}/${count(total)} readings`;
  const failed = `${errors} ${errors === 1 ? 'error' : 'errors'}`;
  return `${done}, ${count(perSecond)}/s, ${latency}, ${failed}`;
};
