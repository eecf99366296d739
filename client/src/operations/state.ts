import { hasDevices, isDeviceList, isHealth } from '../expected-body.ts';
import type { HeartRateClient } from '../heart-rate-client.ts';
import { dataOf, type Transport } from '../transport.ts';

export const stateOperations = (
  transport: Transport,
): Pick<HeartRateClient, 'devices' | 'devicePriorities' | 'health'> => ({
  async devices(options) {
    const result = await transport.call((parts) => transport.api.GET('/devices', parts), options);
    return dataOf(result, hasDevices).devices;
  },

  async devicePriorities(options) {
    const result = await transport.call((parts) => transport.api.GET('/devices', parts), options);
    return dataOf(result, isDeviceList);
  },

  async health(options) {
    const ask = transport.callOnce((parts) => transport.api.GET('/health', parts), options);
    return dataOf(await ask, isHealth);
  },
});
