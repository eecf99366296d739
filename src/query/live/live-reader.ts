import type { AcceptedErasure } from '../../readings/erasure.ts';
import { type LiveRun, runWithout, weightOf } from './live-run.ts';

/** Whose readings a reader wants, perhaps of one device. */
export interface LiveRequest {
  readonly userId: string;
  readonly deviceId?: string;
}

/** What a reader is told at once: readings, or up to which position there were none for it. */
export type LiveNews = readonly LiveRun[] | { readonly idleAt: number };

/** One who follows a user's readings; made by `LiveReadings`. What it has not taken waits here. */
export class LiveReader {
  readonly request: LiveRequest;
  /** Called once when it ends while it is not asking: whoever writes for it is stuck in a write. */
  onStuck: () => void = () => undefined;
  #pending: LiveRun[] = [];
  #pendingBytes = 0;
  #idleAt: number | undefined;
  #hasEnded = false;
  #resolve: ((news: LiveNews | undefined) => void) | undefined;

  constructor(request: LiveRequest) {
    this.request = request;
  }

  /** About how much memory the readings take that it has not taken yet. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  wants({ userId, deviceId }: LiveRun): boolean {
    const { request } = this;
    return (
      userId === request.userId && (request.deviceId === undefined || request.deviceId === deviceId)
    );
  }

  /** Resolves when there is something new; undefined when there will be nothing more. */
  next(): Promise<LiveNews | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.deliver();
    });
  }

  push(run: LiveRun): void {
    this.#pending.push(run);
    this.#pendingBytes += weightOf(run);
  }

  erase(erasure: AcceptedErasure): void {
    const kept = this.#pending.map((run) => runWithout(run, erasure));
    this.#pending = kept.filter((run) => run !== undefined);
    this.#pendingBytes = this.#pending.reduce((sum, run) => sum + weightOf(run), 0);
  }

  /**
   * Says that it has all up to a position. False: the same was said before and was not taken yet.
   */
  idle(position: number): boolean {
    if (this.#idleAt !== undefined) return false;
    this.#idleAt = position;
    this.deliver();
    return true;
  }

  /** Gives what waits to whoever asks for it, if anyone does. */
  deliver(): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    const news = this.#take();
    if (news === undefined && !this.#hasEnded) return;
    this.#resolve = undefined;
    resolve(news);
  }

  #take(): LiveNews | undefined {
    const idleAt = this.#idleAt;
    const pending = this.#pending;
    if (this.#hasEnded) return undefined;
    this.#idleAt = undefined;
    if (pending.length === 0) return idleAt === undefined ? undefined : { idleAt };
    this.#pending = [];
    this.#pendingBytes = 0;
    return pending;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#pending = [];
    if (this.#resolve === undefined) this.onStuck();
    this.deliver();
  }
}
