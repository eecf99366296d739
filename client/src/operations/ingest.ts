import type { Reading } from '../data.ts';
import { isAccepted, isBatchAccepted, isBatchPartlyAccepted } from '../expected-body.ts';
import type { HeartRateClient } from '../heart-rate-client.ts';
import { skipsInvalid } from '../options.ts';
import { withTexts } from '../times.ts';
import { dataOf, type Transport } from '../transport.ts';

export const ingestOperations = (
  transport: Transport,
): Pick<HeartRateClient, 'ingest' | 'ingestBatch'> => ({
  async ingest(reading, options) {
    const body: Reading = withTexts(reading);
    const result = await transport.call(
      (parts) => transport.api.POST('/metrics/heart-rate', { body, ...parts }),
      options,
    );
    dataOf(result, isAccepted);
  },

  async ingestBatch(readings, options) {
    const body = { readings: readings.map<Reading>(withTexts) };
    const skips = skipsInvalid(options?.onInvalid);
    const params = skips ? { query: { on_invalid: 'skip' } as const } : {};
    const result = await transport.call(
      (parts) => transport.api.POST('/metrics/heart-rate/batch', { body, params, ...parts }),
      options,
    );
    const isExpected = (skips ? isBatchPartlyAccepted : isBatchAccepted)(body.readings.length);
    const { count, rejected = 0, errors = [] } = dataOf(result, isExpected);
    return { count, rejected, errors };
  },
});
