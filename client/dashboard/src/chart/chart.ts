import uPlot from 'uplot';
import type { DeviceColors } from '../page/device-colors.ts';
import { byId } from '../page/dom.ts';
import { formatShortDate, formatTick } from '../page/format.ts';
import { colorOf } from '../page/theme.ts';
import { INTERVAL_MS, type Interval } from '../series/interval.ts';
import type { Point } from '../series/points.ts';
import { type Span, zoomed } from '../view/range.ts';
import { draw, type LiveDot, middleOf } from './draw.ts';
import { mountGestures } from './gestures.ts';
import { hideTip, showTip } from './tooltip.ts';

/** Live readings that are shown as dots; the buckets have them all. */
const MAX_DOTS = 500;
const HEIGHT_PX = 320;
/** What a chart shows at least, so that a calm heart is a calm line. */
const MIN_RANGE_BPM = 40;
const MARGIN_BPM = 5;
/** A drag that is shorter is a click. */
const MIN_DRAG_PX = 5;
/** The name of the measure of how long a chart took from its points to its pixels. */
const MEASURE = 'heart-rate-chart';

const DEFAULT_BPM: uPlot.Range.MinMax = [40, 120];

/** Whole tens around what there is. */
const rangeOfBpm = (_: uPlot, least: number | null, most: number | null): uPlot.Range.MinMax => {
  if (least === null || most === null) return DEFAULT_BPM;
  const missing = Math.max(0, MIN_RANGE_BPM - (most - least)) / 2;
  const margin = Math.max(MARGIN_BPM, missing);
  return [Math.floor((least - margin) / 10) * 10, Math.ceil((most + margin) / 10) * 10];
};

/** The date once a day, below the clock. */
const timeLabels: uPlot.Axis.DynamicValues = (_plot, splits, _axis, _space, stepMs) => {
  let last = '';
  return splits.map((ms) => {
    const label = formatTick(ms, stepMs);
    const date = formatShortDate(ms);
    if (date === last || label === date) return label;
    last = date;
    return `${label}\n${date}`;
  });
};

interface ChartEvents {
  /** The person moved, zoomed or chose a part. */
  readonly onSpan: (span: Span) => void;
  readonly colors: DeviceColors;
}

/** The chart: what {@link draw} draws, in uPlot's scales and axes. */
export class Chart {
  readonly #root = byId('chart', HTMLElement);
  readonly #events: ChartEvents;
  readonly #palette = new Map<number, string>();
  #plot: uPlot;
  #points: readonly Point[] = [];
  #interval: Interval = '1m';
  #dots: LiveDot[] = [];
  #span: Span = { startMs: 0, endMs: 1 };
  #shownAtMs: number | undefined;

  constructor(events: ChartEvents) {
    this.#events = events;
    this.#plot = this.#createPlot();
    mountGestures(this.#root, {
      span: () => this.#span,
      moveTo: (span) => this.#moveTo(span),
      shareAt: (clientX) => {
        const { left, width } = this.#plot.over.getBoundingClientRect();
        return (clientX - left) / width;
      },
    });
    new ResizeObserver(() => {
      this.#plot.setSize({ width: this.#root.clientWidth, height: HEIGHT_PX });
    }).observe(this.#root);
  }

  /** What is described by other means: a canvas says nothing. */
  describe(words: string): void {
    this.#root.setAttribute('aria-label', words);
  }

  /** Shows other points; what is live stays. */
  show(points: readonly Point[], interval: Interval): void {
    this.#points = points;
    this.#interval = interval;
    this.#setData();
  }

  /** Moves the axis; the points stay until others are shown. */
  setSpan(span: Span): void {
    this.#span = span;
    this.#plot.setScale('x', { min: span.startMs, max: span.endMs });
  }

  addDot(dot: LiveDot): void {
    this.#dots = [...this.#dots, dot].slice(-MAX_DOTS);
    this.#setData();
  }

  /** Whose readings are shown as dots. */
  dotDevices(): string[] {
    return this.#dots.map(({ device }) => device);
  }

  clearDots(): void {
    this.#dots = [];
    this.#plot.redraw(false);
  }

  /** After a change of colours. */
  repaint(): void {
    this.#palette.clear();
    this.#plot.destroy();
    this.#plot = this.#createPlot();
    this.#setData();
  }

  #moveTo(span: Span): void {
    this.setSpan(span);
    this.#events.onSpan(span);
  }

  /** uPlot gets the points for its scales and its cursor. */
  #setData(): void {
    this.#shownAtMs = performance.now();
    const widthMs = INTERVAL_MS[this.#interval];
    const shown = [
      ...this.#points.map((point) => [middleOf(point, widthMs), point.min, point.max] as const),
      ...this.#dots.map(({ atMs, bpm }) => [atMs, bpm, bpm] as const),
    ].sort(([a], [b]) => a - b);
    const columns = [0, 1, 2].map((column) => shown.map((row) => row[column] as number));
    this.#plot.batch(() => {
      this.#plot.setData(columns as uPlot.AlignedData, false);
      this.setSpan(this.#span);
      // Only a change of a scale draws; the axis may be the same as before.
      this.#plot.redraw(false, true);
    });
  }

  #colorOf(device: string): string {
    const number = this.#events.colors.numberOf(device);
    const known = this.#palette.get(number);
    if (known !== undefined) return known;
    const color = colorOf(`--device-${number}`);
    this.#palette.set(number, color);
    return color;
  }

  #draw(plot: uPlot): void {
    draw(plot, {
      points: this.#points,
      widthMs: INTERVAL_MS[this.#interval],
      dots: this.#dots,
      colorOf: (device) => this.#colorOf(device),
    });
    if (this.#shownAtMs === undefined) return;
    performance.measure(MEASURE, { start: this.#shownAtMs, end: performance.now() });
    this.#shownAtMs = undefined;
  }

  #pointAt(ms: number): Point | undefined {
    const widthMs = INTERVAL_MS[this.#interval];
    return this.#points.find(({ startMs }) => ms >= startMs && ms < startMs + widthMs);
  }

  #onCursor(plot: uPlot): void {
    const { left = -1 } = plot.cursor;
    const point = left < 0 ? undefined : this.#pointAt(plot.posToVal(left, 'x'));
    if (point === undefined) {
      hideTip();
      return;
    }
    const leftPx = plot.over.offsetLeft + left;
    const number = this.#events.colors.numberOf(point.device);
    showTip(point, this.#interval, number, { leftPx, widthPx: this.#root.clientWidth });
  }

  #onSelect(plot: uPlot): void {
    const { left, width } = plot.select;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width < MIN_DRAG_PX) return;
    const startMs = plot.posToVal(left, 'x');
    const endMs = plot.posToVal(left + width, 'x');
    this.#moveTo(zoomed({ startMs, endMs }, 1));
  }

  #createPlot(): uPlot {
    const axis = { stroke: colorOf('--muted'), font: '12px system-ui, sans-serif' };
    const grid = { stroke: colorOf('--grid'), width: 1 };
    const ticks = { show: false };
    const hidden = { paths: () => null, points: { show: false } };
    const options: uPlot.Options = {
      width: this.#root.clientWidth,
      height: HEIGHT_PX,
      ms: 1,
      // Half of a label of the time axis at its right.
      padding: [12, 28, 0, 0],
      legend: { show: false },
      scales: { x: { auto: false }, y: { range: rangeOfBpm } },
      axes: [
        { ...axis, grid, ticks, values: timeLabels, space: 70 },
        { ...axis, grid, ticks, size: 40 },
      ],
      series: [{}, hidden, hidden],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        bind: {
          dblclick: () => () => {
            this.#moveTo(zoomed(this.#span, 2));
            return null;
          },
        },
      },
      hooks: {
        draw: [(plot) => this.#draw(plot)],
        setCursor: [(plot) => this.#onCursor(plot)],
        setSelect: [(plot) => this.#onSelect(plot)],
      },
    };
    return new uPlot(options, [[], [], []], this.#root);
  }
}
