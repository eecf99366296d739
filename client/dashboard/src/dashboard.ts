import type { Reading } from '../../src/index.ts';
import { Chart } from './chart/chart.ts';
import { type Move, moved } from './chart/gestures.ts';
import { Live } from './live/live.ts';
import { LiveUpdates } from './live/live-updates.ts';
import { askForKey, mountApiKey } from './page/api-key.ts';
import { chartWords, setBusy, showCards, showHeading } from './page/chart-card.ts';
import { mountControls, showBetweenProblem, showControls, showSlidSpan } from './page/controls.ts';
import { DeviceColors } from './page/device-colors.ts';
import { showDevices, showLegend } from './page/devices-panel.ts';
import { button, byId } from './page/dom.ts';
import { emptyNotice, welcomeNotice } from './page/empty.ts';
import { timeZone } from './page/format.ts';
import { announce, hideNotice, noticeOf, showNotice } from './page/notice.ts';
import { rememberUser } from './page/settings.ts';
import { showSummary } from './page/summary-panel.ts';
import { mountTable } from './page/table.ts';
import { mountTestReading, openTestReading } from './page/test-reading.ts';
import { mountTheme } from './page/theme.ts';
import { mountZones } from './page/zones-panel.ts';
import { INTERVAL_MS, type Interval, intervalFor, summaryIntervalFor } from './series/interval.ts';
import type { Point } from './series/points.ts';
import { summaryOf } from './series/summary.ts';
import { client, loadPoints, textOf } from './service.ts';
import { Address } from './view/address.ts';
import { holds, isTooLong, type Range, type Span, shownOf, spanOf } from './view/range.ts';
import type { View } from './view/view.ts';

/** While somebody moves or zooms, the service is asked only when the hand rests. */
const REST_MS = 120;

const LAST_HOUR: Range = { kind: 'last', hours: 1 };
const HALF_HOUR_MS = 30 * 60_000;

/** A range to show an instant in. */
const rangeAround = (atMs: number): Range =>
  holds(spanOf(LAST_HOUR, Date.now()), atMs)
    ? LAST_HOUR
    : { kind: 'between', span: { startMs: atMs - HALF_HOUR_MS, endMs: atMs + HALF_HOUR_MS } };

/** The page: what a person wants to see, what the service has of it, and the parts that show it. */
export class Dashboard {
  readonly #address = new Address();
  readonly #colors = new DeviceColors();
  readonly #chart = new Chart({
    colors: this.#colors,
    onSpan: (span) => this.#move(span),
  });
  readonly #zones = mountZones();
  readonly #table = mountTable();
  readonly #live = new Live({
    onReading: (reading) => this.#onReading(reading),
    onReset: () => this.#reload(),
    onTick: () => this.#slide(),
    onError: (error) => this.#showError(error),
  });
  readonly #updates = new LiveUpdates({
    shown: () => ({
      user: this.#view.user,
      span: this.#span,
      interval: this.#interval,
      points: this.#points,
      signal: this.#loading.signal,
    }),
    loaded: () => this.#loaded,
    showPoints: (points) => {
      hideNotice();
      this.#showPoints(points);
    },
    loadPoints,
    loadDetails: (signal) => this.#loadDetails(signal),
    showError: (error) => this.#showError(error),
  });
  #view: View = this.#address.view();
  #span: Span = spanOf(this.#view.range, Date.now());
  #interval: Interval = '1m';
  #points: readonly Point[] = [];
  #loading = new AbortController();
  #loaded: Promise<void> = Promise.resolve();
  #resting: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    mountTheme(() => this.#chart.repaint());
    mountApiKey(() => {
      this.#live.set(undefined);
      this.#show(this.#view);
    });
    mountControls((changed) => this.#change(changed));
    mountTestReading((reading) => this.#onSent(reading));
    byId('open-test-reading', HTMLButtonElement).addEventListener('click', () =>
      openTestReading(this.#view.user),
    );
    for (const each of document.querySelectorAll<HTMLButtonElement>('[data-move]')) {
      const move = each.dataset.move as Move;
      each.addEventListener('click', () => this.#move(moved(this.#span, move)));
    }
    byId('zone-of-time', HTMLParagraphElement).textContent =
      `Times, hours and days are those of this browser's zone, ${timeZone()}.`;
    this.#address.onReturn((view) => this.#open(view));
    this.#open(this.#view);
  }

  /** Shows what an address asks for, as far as that can be shown. */
  #open(asked: View): void {
    const { range } = asked;
    const view = { ...asked, range: shownOf(range) };
    if (range.kind === 'between') this.#address.correct(view);
    this.#show(view);
    if (range.kind === 'between' && isTooLong(range.span)) showBetweenProblem('cut');
  }

  #change(changed: Partial<View>): void {
    const wanted = { ...this.#view, ...changed };
    // To follow what one does not see would be of no use.
    const isNowShown = holds(spanOf(wanted.range, Date.now()), Date.now());
    const isUnseen = changed.isLive === true && !isNowShown;
    const view = { ...wanted, range: isUnseen ? LAST_HOUR : shownOf(wanted.range) };
    this.#address.push(view);
    this.#show(view);
  }

  /** A gesture: the axis follows at once, and the points when it rests. */
  #move(span: Span): void {
    this.#view = { ...this.#view, range: { kind: 'between', span } };
    this.#address.move(this.#view);
    this.#place(span);
    this.#chart.setSpan(span);
    setBusy(true);
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#reload(), REST_MS);
  }

  #show(view: View): void {
    if (view.user !== this.#view.user) {
      this.#colors.clear();
      this.#chart.clearDots();
      this.#showPoints([]);
      showCards({ chart: view.user !== '', details: false });
    }
    this.#view = view;
    this.#updates.forget();
    this.#place(spanOf(view.range, Date.now()));
    clearTimeout(this.#resting);
    this.#reload();
    this.#live.set(view.isLive && view.user !== '' ? view.user : undefined);
  }

  #reload(): void {
    this.#loaded = this.#load();
  }

  #place(span: Span): void {
    this.#span = span;
    this.#interval = intervalFor(span.endMs - span.startMs, this.#view.interval);
    showControls(this.#view, span);
    showHeading(this.#view, span, this.#interval);
  }

  /** Asks for all that the view shows. What is still under way for another view is given up. */
  async #load(): Promise<void> {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    if (this.#view.user === '') {
      showCards({ chart: false, details: false });
      showNotice(welcomeNotice(this.#ways()));
      return;
    }
    setBusy(true);
    showCards({ chart: true, details: !byId('details', HTMLDivElement).hidden });
    try {
      await this.#loadShown(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#showPoints([]);
      showCards({ chart: false, details: false });
      this.#showError(error);
    }
    if (!signal.aborted) setBusy(false);
  }

  async #loadShown(signal: AbortSignal): Promise<void> {
    const { user } = this.#view;
    const points = await loadPoints(user, this.#span, this.#interval, signal);
    if (signal.aborted) return;
    this.#showPoints(points);
    if (points.length === 0) {
      const latest = await client.latest({ user_id: user }, { signal });
      showCards({ chart: latest !== null, details: false });
      if (!signal.aborted) showNotice(emptyNotice(latest, this.#ways()));
      if (latest !== null) rememberUser(user);
      return;
    }
    hideNotice();
    rememberUser(user);
    announce(chartWords(points, this.#interval, this.#span));
    await this.#loadDetails(signal);
  }

  #showPoints(points: readonly Point[]): void {
    this.#points = points;
    const devices = points.map(({ device }) => device);
    this.#colors.add(devices);
    this.#chart.show(points, this.#interval);
    this.#chart.setSpan(this.#span);
    this.#chart.describe(chartWords(points, this.#interval, this.#span));
    showLegend([...devices, ...this.#chart.dotDevices()], this.#colors);
    this.#table.show({ user: this.#view.user, points, interval: this.#interval });
  }

  async #loadDetails(signal: AbortSignal): Promise<void> {
    const { user } = this.#view;
    const span = this.#span;
    const interval = summaryIntervalFor(span.endMs - span.startMs);
    const [points, devices] = await Promise.all([
      interval === this.#interval ? this.#points : loadPoints(user, span, interval, signal),
      client.userDevices({ user_id: user, ...textOf(span) }, { signal }),
    ]);
    const summary = summaryOf(points, INTERVAL_MS[interval], span);
    // Erased between the two requests.
    if (summary === undefined || signal.aborted) return;
    this.#colors.add(devices.map(({ device_id }) => device_id));
    showSummary(summary, interval, span);
    this.#zones.show(points, interval);
    showDevices(devices, summary, this.#colors);
    showCards({ chart: true, details: true });
  }

  /** A live reading: a dot at once, and then what it changes in its bucket. */
  #onReading(reading: Reading): void {
    const atMs = Date.parse(reading.timestamp);
    this.#slide();
    if (!holds(this.#span, atMs)) return;
    this.#colors.add([reading.device_id]);
    this.#chart.addDot({ atMs, bpm: reading.heart_rate, device: reading.device_id });
    this.#updates.add(atMs);
  }

  /** The latest hours go on. */
  #slide(): void {
    if (this.#view.range.kind !== 'last') return;
    const span = spanOf(this.#view.range, Date.now());
    if (span.endMs === this.#span.endMs) return;
    this.#span = span;
    showSlidSpan(span);
    showHeading(this.#view, span, this.#interval);
    const widthMs = INTERVAL_MS[this.#interval];
    this.#showPoints(this.#points.filter(({ startMs }) => startMs + widthMs > span.startMs));
  }

  #showError(error: unknown): void {
    const again = button('Try again', () => this.#show(this.#view));
    askForKey(error);
    showNotice({ ...noticeOf(error), actions: [again] });
  }

  #ways() {
    return {
      sendTest: () => openTestReading(this.#view.user),
      chooseUser: (user: string) => this.#change({ user }),
      chooseRange: (range: View['range']) => this.#change({ range }),
    };
  }

  /** Shows the reading that was just sent: in the view as it is, if it has that instant. */
  #onSent({ user_id: user, timestamp }: Reading): void {
    const atMs = Date.parse(timestamp);
    const isShown = user === this.#view.user && holds(spanOf(this.#view.range, Date.now()), atMs);
    if (isShown) this.#show(this.#view);
    else this.#change({ user, range: rangeAround(atMs) });
  }
}
