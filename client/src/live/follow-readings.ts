import type { FollowQuery } from '../data.ts';
import type { FollowOptions } from '../heart-rate-client.ts';
import { numberFrom } from '../options.ts';
import type { Transport } from '../transport.ts';
import { followStream, type OpenStream } from './follow.ts';
import type { LiveEvent } from './live-event.ts';

/** The service lets 15 s pass at most: two keep-alives may be late or lost. */
const DEFAULT_IDLE_TIMEOUT_MS = 40_000;

/** The events of a person's stream of the service. */
export async function* followReadings(
  transport: Transport,
  which: FollowQuery,
  options: FollowOptions = {},
): AsyncGenerator<LiveEvent, void, void> {
  const { headers, ...settings } = transport.settingsOf(options);
  const { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = options;
  const open: OpenStream = async (lastEventId, signal) => {
    const header = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const params = { query: which, header };
    const init = { params, headers: await headers(), parseAs: 'stream', signal } as const;
    return transport.api.GET('/metrics/heart-rate/stream', init);
  };
  yield* followStream(open, {
    ...settings,
    userId: which.user_id,
    idleTimeoutMs: numberFrom(1, 'idleTimeoutMs', idleTimeoutMs),
  });
}
