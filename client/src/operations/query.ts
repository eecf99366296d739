import type { Series } from '../data.ts';
import { isDevicesOf, isReadingOf, isSeriesOf } from '../expected-body.ts';
import type { HeartRateClient } from '../heart-rate-client.ts';
import { dayMsOf, withTexts } from '../times.ts';
import { dataOf, isNothingFound, type Transport } from '../transport.ts';

/** Between dates: with times and offsets it is less than the 400 days that the service takes at once. */
const MAX_RANGE_MS = 397 * 86_400_000;

export const queryOperations = (
  transport: Transport,
): Pick<HeartRateClient, 'query' | 'latest' | 'userDevices'> => ({
  async query(given, options) {
    const query = withTexts(given);
    const settings = transport.settingsOf(options);
    const ask = async (part: typeof query, partSettings = settings): Promise<Series | null> => {
      const params = { query: part };
      const result = await transport.callWith(
        (parts) => transport.api.GET('/metrics/heart-rate', { params, ...parts }),
        partSettings,
      );
      return isNothingFound(result) ? null : dataOf(result, isSeriesOf(query.user_id));
    };
    // What cannot be read here is left to the service.
    const isLong = dayMsOf(query.end) - dayMsOf(query.start) > MAX_RANGE_MS;
    if (!isLong) return ask(query);
    const { queryLongSeries } = await import('../series/long-series.ts');
    return queryLongSeries(query, settings, ask);
  },

  async latest(which, options) {
    const params = { query: which };
    const result = await transport.call(
      (parts) => transport.api.GET('/metrics/heart-rate/latest', { params, ...parts }),
      options,
    );
    return isNothingFound(result) ? null : dataOf(result, isReadingOf(which.user_id));
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
