import { isErased } from '../expected-body.ts';
import type { HeartRateClient } from '../heart-rate-client.ts';
import { withTexts } from '../times.ts';
import { dataOf, isNothingFound, type Transport } from '../transport.ts';

export const erasureOperations = (transport: Transport): Pick<HeartRateClient, 'erase'> => ({
  async erase(which, options) {
    const params = { query: withTexts(which) };
    const result = await transport.callOnce(
      (parts) => transport.api.DELETE('/metrics/heart-rate', { params, ...parts }),
      options,
    );
    return isNothingFound(result) ? 0 : dataOf(result, isErased).count;
  },
});
