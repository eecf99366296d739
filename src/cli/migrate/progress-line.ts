import type { MigrationState } from '../../migration/run-migration.ts';
import { countText } from '../count-text.ts';
import { bar } from '../show-progress.ts';

/** `[███░…] 42 %, 1,234,000 readings, 210,000/s`; `resumedAfter` readings were done before. */
export const migrationProgressLine = (
  { outcome }: Pick<MigrationState, 'outcome'>,
  {
    share,
    resumedAfter,
    elapsedMs,
  }: {
    readonly share: number;
    readonly resumedAfter: number;
    readonly elapsedMs: number;
  },
): string => {
  const { readings } = outcome;
  const perSecond = elapsedMs > 0 ? ((readings - resumedAfter) * 1000) / elapsedMs : 0;
  const done = `${bar(share)} ${Math.floor(share * 100)} %, ${countText(readings)} readings`;
  return `${done}, ${countText(Math.round(perSecond))}/s`;
};
