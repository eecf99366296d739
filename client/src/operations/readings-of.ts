import type { LatestQuery } from '../data.ts';

/** Whose readings, in the contract's names. */
export const readingsOf = ({ userId, deviceId }: LatestQuery) => ({
  user_id: userId,
  ...(deviceId === undefined ? {} : { device_id: deviceId }),
});
