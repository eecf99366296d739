import { byId, element, idText } from '../page/dom.ts';
import { formatBucket, formatMean, formatReadings } from '../page/format.ts';
import type { Interval } from '../series/interval.ts';
import type { Point } from '../series/points.ts';

const tip = byId('tip', HTMLDivElement);
const DISTANCE_PX = 14;

export const hideTip = (): void => {
  tip.hidden = true;
};

/** Says what the bucket under the pointer is; beside it, on the side where there is more room. */
export const showTip = (
  point: Point,
  interval: Interval,
  colorNumber: number,
  { leftPx, widthPx }: { readonly leftPx: number; readonly widthPx: number },
): void => {
  const swatch = element('span', `swatch color-${colorNumber}`);
  tip.replaceChildren(
    element('div', 'muted', formatBucket(point.startMs, interval)),
    element('div', '', element('strong', '', formatMean(point.mean)), ' bpm'),
    element(
      'div',
      'muted',
      `${formatMean(point.min)} to ${formatMean(point.max)}, ${formatReadings(point.readings)}`,
    ),
    element('div', '', swatch, idText(point.device)),
  );
  const isLeft = leftPx > widthPx / 2;
  tip.style.left = isLeft ? '' : `${leftPx + DISTANCE_PX}px`;
  tip.style.right = isLeft ? `${widthPx - leftPx + DISTANCE_PX}px` : '';
  tip.hidden = false;
};
