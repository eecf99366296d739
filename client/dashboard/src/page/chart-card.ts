import type { Interval } from '../series/interval.ts';
import { INTERVAL_MS } from '../series/interval.ts';
import type { Point } from '../series/points.ts';
import { summaryOf } from '../series/summary.ts';
import type { Span } from '../view/range.ts';
import type { View } from '../view/view.ts';
import { byId, idText } from './dom.ts';
import { formatBpm, formatCount, formatSpan, intervalName } from './format.ts';

const card = byId('chart-card', HTMLElement);
const details = byId('details', HTMLDivElement);
/** Says that the figures are not as live as the chart. */
const lag = byId('details-lag', HTMLParagraphElement);
const title = byId('chart-title', HTMLHeadingElement);
const range = byId('chart-range', HTMLParagraphElement);

export const setBusy = (isBusy: boolean): void => {
  card.setAttribute('aria-busy', String(isBusy));
};

/** Without a user there is no chart; without readings there are no figures of them. */
export const showCards = (shown: { readonly chart: boolean; readonly details: boolean }): void => {
  card.hidden = !shown.chart;
  details.hidden = !shown.details;
};

export const showHeading = ({ user, isLive }: View, span: Span, interval: Interval): void => {
  title.replaceChildren(idText(user));
  range.textContent = `${formatSpan(span)} · ${intervalName(interval)}`;
  lag.hidden = !isLive;
  document.title = user === '' ? 'Heart rate' : `${user} · Heart rate`;
};

/** What a chart shows, for those who do not see it. */
export const chartWords = (points: readonly Point[], interval: Interval, span: Span): string => {
  const summary = summaryOf(points, INTERVAL_MS[interval], span);
  if (summary === undefined) return `Chart of ${formatSpan(span)}: no readings.`;
  const lowest = points.reduce((least, { min }) => Math.min(least, min), Number.POSITIVE_INFINITY);
  return (
    `Chart of ${formatSpan(span)}: ${formatCount(points.length)} values of ${intervalName(interval)}, ` +
    `mean ${formatBpm(summary.mean)}, from ${formatBpm(lowest)} to ${formatBpm(summary.peak.bpm)} ` +
    'beats a minute.'
  );
};
