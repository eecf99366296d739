import { isDevicesOf, isReadingOf, isSeriesOf } from '../expected-body.ts';
import type { HeartRateClient } from '../heart-rate-client.ts';
import { withTexts } from '../times.ts';
import { dataOf, isNothingFound, type Transport } from '../transport.ts';
import { readingsOf } from './readings-of.ts';

export const queryOperations = (
  transport: Transport,
): Pick<HeartRateClient, 'query' | 'latest' | 'userDevices'> => ({
  async query(given, options) {
    const params = { query: withTexts(given) };
    const result = await transport.call(
      (parts) => transport.api.GET('/metrics/heart-rate', { params, ...parts }),
      options,
    );
    return isNothingFound(result) ? null : dataOf(result, isSeriesOf(given.user_id));
  },

  async latest(which, options) {
    const params = { query: readingsOf(which) };
    const result = await transport.call(
      (parts) => transport.api.GET('/metrics/heart-rate/latest', { params, ...parts }),
      options,
    );
    return isNothingFound(result) ? null : dataOf(result, isReadingOf(which.userId));
  },

  async userDevices(given, options) {
    const params = { query: withTexts(given) };
    const result = await transport.call(
      (parts) => transport.api.GET('/metrics/heart-rate/devices', { params, ...parts }),
      options,
    );
    return isNothingFound(result) ? [] : dataOf(result, isDevicesOf(given.user_id)).devices;
  },
});
