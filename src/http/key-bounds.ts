import type { Context } from 'hono';
import type { ApiKey } from '../keys/api-key.ts';
import type { HttpEnv } from './http-app.ts';
import { ProblemException } from './responses/problem.ts';

/** Whose readings a request asks for, perhaps of one device. */
interface Asked {
  readonly userId: string;
  readonly deviceId?: string;
}

/** Whose readings a request asks for, perhaps of some devices alone. */
interface AskedOfDevices {
  readonly userId: string;
  readonly deviceIds?: readonly string[];
}

type KeyContext = Pick<Context<HttpEnv>, 'get'>;

/** No reading has it: ids have at least one character. */
const NOBODY = '';

/**
 * The device that a request is about: the one that it names or, when it names none, that of a key
 * which is for one device.
 */
export const deviceWithinBounds = (
  key: ApiKey | undefined,
  named: string | undefined,
): string | undefined => {
  const [only, ...others] = key?.devices ?? [];
  return named ?? (others.length === 0 ? only : undefined);
};

/** Whether a key is for the user and, if the request is about one, for the device. */
export const isWithinBounds = (
  key: ApiKey | undefined,
  userId: string,
  deviceId: string | undefined,
): boolean =>
  key === undefined ||
  (key.isForUser(userId) && (deviceId === undefined || key.isForDevice(deviceId)));

/**
 * Whose readings are looked for when a request asks for a user's and perhaps names a device. For a
 * user or a device that the request's key is not for, that is nobody: then what follows is to the
 * last bit what follows for a user without readings, and nobody can tell the two apart (OWASP
 * API1:2023). Ends the request with a 400 when it names no device and the key is for several.
 */
export const withinBounds = (
  c: KeyContext,
  {
    user_id: userId,
    device_id: named,
  }: { readonly user_id: string; readonly device_id?: string | undefined },
): Asked => {
  const key = c.get('key');
  const deviceId = deviceWithinBounds(key, named);
  const ofDevice = deviceId === undefined ? {} : { deviceId };
  if (deviceId === undefined && key?.devices !== undefined) throw nameDevice();
  return { userId: isWithinBounds(key, userId, deviceId) ? userId : NOBODY, ...ofDevice };
};

/** The same where no request names a device, and those of the key are meant. */
export const devicesWithinBounds = (c: KeyContext, userId: string): AskedOfDevices => {
  const key = c.get('key');
  const ofDevices = key?.devices === undefined ? {} : { deviceIds: key.devices };
  return { userId: isWithinBounds(key, userId, undefined) ? userId : NOBODY, ...ofDevices };
};

const nameDevice = (): ProblemException => {
  const detail = 'is required: the API key is bound to several devices';
  return new ProblemException('invalid-request', 'The request is not valid.', {
    errors: [{ pointer: '/query/device_id', detail }],
  });
};
