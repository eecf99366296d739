import type { Reading } from '../../../src/index.ts';
import { streamUrl } from '../service.ts';

export type LiveState = 'connecting' | 'live' | 'lost';

export interface LiveEvents {
  readonly onReading: (reading: Reading) => void;
  /** Readings may be missing: what is shown must be asked for anew. */
  readonly onReset: () => void;
  readonly onState: (state: LiveState) => void;
}

/** After a refusal, which a browser takes for the end. */
const AGAIN_MS = 5_000;

/**
 * Follows a user's readings until the signal ends it. The browser connects again by itself when it
 * was cut off, and goes on after the last event.
 */
export const follow = (user: string, events: LiveEvents, signal: AbortSignal): void => {
  events.onState('connecting');
  const source = new EventSource(streamUrl(user));
  source.addEventListener('open', () => events.onState('live'));
  source.addEventListener('reading', ({ data }) => events.onReading(JSON.parse(data)));
  source.addEventListener('reset', () => events.onReset());
  source.addEventListener('error', () => {
    events.onState('lost');
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => {
      if (signal.aborted) return;
      follow(user, events, signal);
      // What came meanwhile is not told.
      events.onReset();
    }, AGAIN_MS);
  });
  signal.addEventListener('abort', () => source.close(), { once: true });
};
