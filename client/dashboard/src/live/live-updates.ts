import { bucketsAround, type Interval } from '../series/interval.ts';
import { type Point, withNewer } from '../series/points.ts';
import { loadPoints } from '../service.ts';
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
    const { startMs, endMs } = this.#changed ?? { startMs: atMs, endMs: atMs };
    this.#changed = { startMs: Math.min(startMs, atMs), endMs: Math.max(endMs, atMs + 1) };
    this.#buckets.ask();
  }

  /** All is asked for anyway. */
  forget(): void {
    this.#changed = undefined;
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

  async #load({ user, span, interval, signal }: Shown): Promise<void> {
    if (this.#changed === undefined) return;
    const buckets = bucketsAround(this.#changed, interval) ?? ALL_TIME;
    this.#changed = undefined;
    const asked = overlapOf(buckets, span);
    if (asked === undefined) return;
    const newer = await loadPoints(user, asked, interval, signal);
    if (signal.aborted) return;
    this.#page.showPoints(withNewer(this.#page.shown().points, newer, buckets));
    this.#details.ask();
  }
}
