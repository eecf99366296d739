import { csvNameOf, csvOf } from '../series/csv.ts';
import type { Interval } from '../series/interval.ts';
import type { Point } from '../series/points.ts';
import { dateOf } from '../view/range.ts';
import { byId, element, idText } from './dom.ts';
import { formatBucket, formatCount, formatMean } from './format.ts';

/** More rows at once would be slow to draw and no easier to read. */
const PAGE_ROWS = 100;

/** Until then a download has begun. */
const DOWNLOAD_MS = 60_000;

const body = byId('rows', HTMLTableSectionElement);
const label = byId('page', HTMLSpanElement);
const before = byId('page-before', HTMLButtonElement);
const after = byId('page-after', HTMLButtonElement);

const rowOf = (point: Point, interval: Interval): HTMLTableRowElement => {
  const time = element('th', '', formatBucket(point.startMs, interval));
  time.scope = 'row';
  const cells = [
    formatMean(point.mean),
    formatMean(point.min),
    formatMean(point.max),
    formatCount(point.readings),
  ].map((text) => element('td', 'number', text));
  return element('tr', '', time, ...cells, element('td', '', idText(point.device)));
};

const download = (name: string, text: string): void => {
  const link = element('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  // Browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_MS);
};

export interface TableContent {
  readonly user: string;
  readonly points: readonly Point[];
  readonly interval: Interval;
}

/** The chart in words: the buckets it shows, page by page, the latest first. */
export const mountTable = (): { show(content: TableContent): void } => {
  let content: TableContent = { user: '', points: [], interval: '1m' };
  let page = 0;
  const render = (): void => {
    const { points, interval } = content;
    const pages = Math.max(1, Math.ceil(points.length / PAGE_ROWS));
    page = Math.min(Math.max(page, 0), pages - 1);
    const end = points.length - page * PAGE_ROWS;
    const rows = points.slice(Math.max(0, end - PAGE_ROWS), end).reverse();
    body.replaceChildren(...rows.map((point) => rowOf(point, interval)));
    const count = `${formatCount(points.length)} ${points.length === 1 ? 'row' : 'rows'}`;
    label.textContent = pages === 1 ? count : `${page + 1} of ${pages} · ${count}, latest first`;
    before.hidden = pages === 1;
    after.hidden = pages === 1;
    before.disabled = page === 0;
    after.disabled = page === pages - 1;
  };
  const turn = (by: number): void => {
    page += by;
    render();
  };
  before.addEventListener('click', () => turn(-1));
  after.addEventListener('click', () => turn(1));
  byId('csv', HTMLButtonElement).addEventListener('click', () => {
    const { user, points } = content;
    download(csvNameOf(user, dateOf(points[0]?.startMs ?? Date.now())), csvOf(points));
  });
  return {
    show(next) {
      if (next.user !== content.user || next.interval !== content.interval) page = 0;
      content = next;
      render();
    },
  };
};
