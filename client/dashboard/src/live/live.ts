import type { Reading } from '../../../src/index.ts';
import { follow } from './follow.ts';
import { hideNow, showNow, showState } from './now.ts';

const TICK_MS = 1_000;

interface LiveHandlers {
  readonly onReading: (reading: Reading) => void;
  readonly onReset: () => void;
  /** Every second while live: the latest hours go on. */
  readonly onTick: () => void;
}

/** Follows one user at a time, and shows the heart rate that came last. */
export class Live {
  readonly #handlers: LiveHandlers;
  #following: { readonly user: string; readonly stop: () => void } | undefined;

  constructor(handlers: LiveHandlers) {
    this.#handlers = handlers;
  }

  /** Follows this user, and nobody with undefined. */
  set(user: string | undefined): void {
    if (user === this.#following?.user) return;
    this.#following?.stop();
    this.#following = user === undefined ? undefined : this.#start(user);
    if (user === undefined) hideNow();
  }

  #start(user: string) {
    const ended = new AbortController();
    const timer = setInterval(this.#handlers.onTick, TICK_MS);
    const onReading = (reading: Reading): void => {
      showNow(reading);
      this.#handlers.onReading(reading);
    };
    follow(user, { onReading, onReset: this.#handlers.onReset, onState: showState }, ended.signal);
    const stop = (): void => {
      clearInterval(timer);
      ended.abort();
    };
    return { user, stop };
  }
}
