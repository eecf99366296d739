import { bucketsAround, type Interval } from '../series/interval.ts';
import { type Point, withNewer } from '../series/points.ts';
import { overlapOf, type Span } from '../view/range.ts';
import { Throttled } from './throttled.ts';

/** How often the buckets that have changed are asked for, … */
const BUCKETS_EVERY_MS = 1_000;
/** … and the figures below the chart. */
const DETAILS_EVERY_MS = 5_000;

const ALL_TIME: Span = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };

/** What the page shows at a moment; the signal ends when it is to show something else. */
interface Shown {
  readonly user: string;
  readonly span: Span;
  readonly interval: Interval;
  readonly points: readonly Point[];
  readonly signal: AbortSignal;
}

interface LivePage {
  shown(): Shown;
  /** Resolves once all that was asked for is shown. */
  loaded(): Promise<void>;
  showPoints(points: readonly Point[]): void;
  loadPoints(user: string, span: Span, interval: Interval, signal: AbortSignal): Promise<Point[]>;
  loadDetails(signal: AbortSignal): Promise<void>;
  showError(error: unknown): void;
}

/** Keeps buckets and figures as the service has them, while readings come in. */
export class LiveUpdates {
  readonly #page: LivePage;
  readonly #buckets = new Throttled(
    () => this.#guarded((shown) => this.#load(shown)),
    BUCKETS_EVERY_MS,
  );
  readonly #details = new Throttled(
    () => this.#guarded(({ signal }) => this.#page.loadDetails(signal)),
    DETAILS_EVERY_MS,
  );
  /** The time that readings came for since the buckets were asked for. */
  #changed: Span | undefined;

  constructor(page: LivePage) {
    this.#page = page;
  }

  /** A reading of this instant came. */
  add(atMs: number): void {
    this.#addSpan({ startMs: atMs, endMs: atMs + 1 });
    this.#buckets.ask();
  }

  /** All is asked for anyway. */
  forget(): void {
    this.#changed = undefined;
  }

  #addSpan({ startMs, endMs }: Span): void {
    const { startMs: from, endMs: to } = this.#changed ?? { startMs, endMs };
    this.#changed = { startMs: Math.min(startMs, from), endMs: Math.max(endMs, to) };
  }

  async #guarded(work: (shown: Shown) => Promise<void>): Promise<void> {
    // What is under way may be older, and would come last.
    await this.#page.loaded();
    const shown = this.#page.shown();
    try {
      await work(shown);
    } catch (error) {
      if (!shown.signal.aborted) this.#page.showError(error);
    }
  }

  async #load(shown: Shown): Promise<void> {
    const changed = this.#changed;
    if (changed === undefined) return;
    this.#changed = undefined;
    try {
      await this.#loadBuckets(changed, shown);
    } catch (error) {
      // They are as old as before: the next reading has them asked for again.
      if (!shown.signal.aborted) this.#addSpan(changed);
      throw error;
    }
  }

  async #loadBuckets(changed: Span, { user, span, interval, signal }: Shown): Promise<void> {
    const buckets = bucketsAround(changed, interval) ?? ALL_TIME;
    const asked = overlapOf(buckets, span);
    if (asked === undefined) return;
    const newer = await this.#page.loadPoints(user, asked, interval, signal);
    if (signal.aborted) return;
    this.#page.showPoints(withNewer(this.#page.shown().points, newer, buckets));
    this.#details.ask();
  }
}
