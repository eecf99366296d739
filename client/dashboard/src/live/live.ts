import type { LiveEvent, Reading } from '../../../src/index.ts';
import { client } from '../service.ts';
import { hideNow, showNow, showState } from './now.ts';

const TICK_MS = 1_000;

interface LiveHandlers {
  readonly onReading: (reading: Reading) => void;
  /** Readings may be missing: what is shown must be asked for anew. */
  readonly onReset: () => void;
  /** Every second while live: the latest hours go on. */
  readonly onTick: () => void;
  /** The service refuses, and will again. */
  readonly onError: (error: unknown) => void;
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
    const stop = (): void => {
      clearInterval(timer);
      ended.abort();
    };
    void this.#follow(user, ended.signal);
    return { user, stop };
  }

  async #follow(user: string, signal: AbortSignal): Promise<void> {
    showState('connecting');
    try {
      for await (const event of client.follow({ user_id: user }, { signal })) this.#tell(event);
    } catch (error) {
      if (signal.aborted) return;
      this.set(undefined);
      this.#handlers.onError(error);
    }
  }

  #tell(event: LiveEvent): void {
    switch (event.type) {
      case 'open':
        showState('live');
        break;
      case 'lost':
        showState('lost');
        break;
      case 'reset':
        this.#handlers.onReset();
        break;
      case 'reading':
        showNow(event.reading);
        this.#handlers.onReading(event.reading);
    }
  }
}
