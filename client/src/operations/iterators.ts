import type { HeartRateClient } from '../heart-rate-client.ts';
import type { Transport } from '../transport.ts';

/** Pages that follow or export nothing do not load how it is done. */
export const iterators = (transport: Transport): Pick<HeartRateClient, 'follow' | 'export'> => ({
  async *follow(...call) {
    const { followReadings } = await import('../live/follow-readings.ts');
    yield* followReadings(transport, ...call);
  },

  async *export(...call) {
    const { exportReadings } = await import('../export/export-readings.ts');
    yield* exportReadings(transport, ...call);
  },
});
