import { INTERVAL_MS, type Interval } from '../series/interval.ts';
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

const restingTile = (resting: Extreme | undefined, interval: Interval): HTMLElement => {
  if (resting !== undefined) {
    const note = `5 min from ${formatTime(resting.startMs)}`;
    return tile('Lowest resting', formatMean(resting.bpm), 'bpm', note);
  }
  const isTooLong = INTERVAL_MS[interval] > INTERVAL_MS['5m'];
  const note = isTooLong ? 'a range of 35 days or less' : 'a reading in each of 5 minutes';
  return tile('Lowest resting', '–', '', `needs ${note}`);
};

/** The figures above the panels. */
export const showSummary = (summary: Summary, interval: Interval, span: Span): void => {
  const share = summary.coveredMs / (span.endMs - span.startMs);
  tiles.replaceChildren(
    restingTile(summary.resting, interval),
    tile('Mean', formatMean(summary.mean), 'bpm', `of the ${intervalAdjective(interval)} means`),
    tile('Peak', formatBpm(summary.peak.bpm), 'bpm', formatTime(summary.peak.startMs)),
    tile('Covered', formatPercent(share), '', `${formatDuration(summary.coveredMs)} with readings`),
  );
};
