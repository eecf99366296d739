import type { Context } from 'hono';
import type { ApiKey } from '../keys/api-key.ts';
import type { HttpEnv } from './http-app.ts';
import { ProblemException } from './responses/problem.ts';

/** Whose readings a request asks for, perhaps of one device. */
interface Asked {
  readonly userId: string;
  readonly deviceId?: string;
}

/** Whether a key is for the user and, if one is named, for the device. */
export const isWithinBounds = (key: ApiKey, userId: string, deviceId?: string): boolean =>
  key.isForUser(userId) && (deviceId === undefined || key.isForDevice(deviceId));

/** No reading has it: ids have at least one character. */
const NOBODY = '';

/**
 * Whose readings are looked for when a request asks for a user's. For a user that the request's key
 * is not for, that is nobody: then what follows is to the last bit what follows for a user without
 * readings, and nobody can tell the two apart (OWASP API1:2023).
 */
export const userWithinBounds = (c: Pick<Context<HttpEnv>, 'get'>, userId: string): string =>
  c.get('key')?.isForUser(userId) === false ? NOBODY : userId;

/**
 * The same where a request may name a device, one that the key is not for included.
 * A key for one device means that device when the request names none.
 * Ends the request with a 400 when it names none and the key is for several.
 */
export const withinBounds = (
  c: Pick<Context<HttpEnv>, 'get'>,
  {
    user_id: userId,
    device_id,
  }: { readonly user_id: string; readonly device_id?: string | undefined },
): Asked => {
  const key = c.get('key');
  const deviceId = device_id ?? onlyOf(key?.devices);
  const ofDevice = deviceId === undefined ? {} : { deviceId };
  const isAllowed = key === undefined || isWithinBounds(key, userId, deviceId);
  return { userId: isAllowed ? userId : NOBODY, ...ofDevice };
};

const onlyOf = (devices: readonly string[] | undefined): string | undefined => {
  if (devices === undefined || devices.length === 1) return devices?.[0];
  const detail = 'is required: the API key is bound to several devices';
  throw new ProblemException('invalid-request', 'The request is not valid.', {
    errors: [{ pointer: '/query/device_id', detail }],
  });
};
