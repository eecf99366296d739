import type { Interval } from '../series/interval.ts';
import type { Extreme, Summary } from '../series/summary.ts';
import type { Span } from '../view/range.ts';
import { byId, element } from './dom.ts';
import {
  formatBpm,
  formatDuration,
  formatMean,
  formatPercent,
  formatTime,
  intervalAdjective,
} from './format.ts';

const tiles = byId('tiles', HTMLElement);

const tile = (name: string, value: string, unit: string, note: string): HTMLElement => {
  const figure = element('dd', 'value', value, ' ', element('span', 'unit', unit));
  return element(
    'div',
    'tile',
    element('dt', '', name),
    figure,
    element('dd', 'muted small', note),
  );
};

const restingTile = (resting: Extreme | undefined): HTMLElement =>
  resting === undefined
    ? tile('Lowest resting', '–', '', 'needs a range of 35 days or less')
    : tile(
        'Lowest resting',
        formatMean(resting.bpm),
        'bpm',
        `5 min from ${formatTime(resting.startMs)}`,
      );

/** The figures above the panels. A bucket may be cut by the range, so no more than all is covered. */
export const showSummary = (summary: Summary, interval: Interval, span: Span): void => {
  const share = Math.min(1, summary.coveredMs / (span.endMs - span.startMs));
  tiles.replaceChildren(
    restingTile(summary.resting),
    tile('Mean', formatMean(summary.mean), 'bpm', `of the ${intervalAdjective(interval)} means`),
    tile('Peak', formatBpm(summary.peak.bpm), 'bpm', formatTime(summary.peak.startMs)),
    tile('Covered', formatPercent(share), '', `${formatDuration(summary.coveredMs)} with readings`),
  );
};
