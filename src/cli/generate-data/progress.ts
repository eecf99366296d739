import { countText } from '../count-text.ts';
import { bar } from '../show-progress.ts';

export interface Progress {
  readonly readings: number;
  readonly total: number;
  readonly elapsedMs: number;
  /** In words, of the last requests. */
  readonly latency: string;
  readonly errors: number;
}

/** `[███░…] 4,200/10,000 readings, 84/s, p50 1.2 ms, p99 8.4 ms, 0 errors` */
export const progressLine = ({ readings, total, elapsedMs, latency, errors }: Progress): string => {
  const perSecond = elapsedMs > 0 ? Math.round((readings * 1000) / elapsedMs) : 0;
  const done = `${bar(readings / total)} ${countText(readings)}/${countText(total)} readings`;
  const failed = `${errors} ${errors === 1 ? 'error' : 'errors'}`;
  return `${done}, ${countText(perSecond)}/s, ${latency}, ${failed}`;
};
