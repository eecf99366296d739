import type { HeartRateClient } from '../heart-rate-client.ts';
import type { Transport } from '../transport.ts';

/** Pages that follow nobody do not load how it is done. */
export const liveOperations = (transport: Transport): Pick<HeartRateClient, 'follow'> => ({
  async *follow(...call) {
    const { followReadings } = await import('../live/follow-readings.ts');
    yield* followReadings(transport, ...call);
  },
});
