import type { ImportProgress } from '../../import/import-file.ts';
import { countText } from '../count-text.ts';
import { bar } from '../show-progress.ts';

const SECONDS_PER_MINUTE = 60;

/** `3:07` */
const clock = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  const rest = String(whole % SECONDS_PER_MINUTE).padStart(2, '0');
  return `${Math.floor(whole / SECONDS_PER_MINUTE)}:${rest}`;
};

/** `[███░…] export.zip 42 %, 1,234,000 rows, 210,000/s, 0:12 left, 3 rejected` */
export const importProgressLine = (
  file: string,
  { bytes, totalBytes, rows, rejected, resumedAfter }: ImportProgress,
  elapsedMs: number,
): string => {
  const share = totalBytes > 0 ? bytes / totalBytes : 0;
  const perSecond = elapsedMs > 0 ? ((rows - resumedAfter) * 1000) / elapsedMs : 0;
  const leftSeconds = share > 0 ? (elapsedMs / 1000) * (1 / share - 1) : undefined;
  const left = leftSeconds === undefined ? '' : `, ${clock(leftSeconds)} left`;
  const name = file.split(/[\\/]/).at(-1);
  const done = `${bar(share)} ${name} ${Math.floor(share * 100)} %, ${countText(rows)} rows`;
  return `${done}, ${countText(Math.round(perSecond))}/s${left}, ${countText(rejected)} rejected`;
};
