import type { components } from '../../generated/openapi-types.ts';

type BatchAccepted = components['schemas']['BatchAccepted'];

/**
 * Whether a 200 is what the contract says, as far as somebody relies on it. What responds at the
 * address may be another service, a proxy's page or a stub: its 200 must not pass for "stored" or
 * "erased".
 */
type Check = (body: unknown) => boolean;

const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (body) =>
    typeof body === 'object' &&
    body !== null &&
    Object.entries(fields).every(([name, check]) => check(Reflect.get(body, name)));

const list =
  (item: Check): Check =>
  (body) =>
    Array.isArray(body) && body.every(item);

const exactly =
  (value: unknown): Check =>
  (body) =>
    body === value;

const text: Check = (body) => typeof body === 'string';
const number: Check = (body) => typeof body === 'number';
const isCount: Check = (body) => Number.isInteger(body) && (body as number) >= 0;
const isAtLeastOne: Check = (body) => isCount(body) && (body as number) > 0;

export const isAccepted: Check = object({ status: exactly('accepted') });

/** All `sent` readings were stored. */
export const isBatchAccepted = (sent: number): Check =>
  object({ status: exactly('accepted'), count: exactly(sent) });

/** Each of the `sent` readings was stored or rejected, and at least one was stored. */
export const isBatchPartlyAccepted = (sent: number): Check => {
  const isShaped = object({
    status: exactly('accepted'),
    count: isCount,
    rejected: isCount,
    errors: list(object({ pointer: text, detail: text })),
  });
  const isComplete = ({ count, rejected = 0, errors = [] }: BatchAccepted): boolean =>
    count > 0 && count + rejected === sent && errors.length > 0 === rejected > 0;
  return (body) => isShaped(body) && isComplete(body as BatchAccepted);
};

export const isErased: Check = object({ status: exactly('erased'), count: isAtLeastOne });

export const isReadingOf = (userId: string): Check =>
  object({
    user_id: exactly(userId),
    device_id: text,
    timestamp: text,
    heart_rate: number,
  });

/** A series of this user, which has as many buckets as it says, and at least one. */
export const isSeriesOf = (userId: string): Check => {
  const isShaped = object({
    user_id: exactly(userId),
    data: list(object({ timestamp: text, heart_rate: number, device_id: text })),
    count: isAtLeastOne,
  });
  return (body) => {
    if (!isShaped(body)) return false;
    const { data, count } = body as components['schemas']['HeartRateSeries'];
    return data.length === count;
  };
};

export const isDevicesOf = (userId: string): Check =>
  object({
    user_id: exactly(userId),
    devices: list(
      object({ device_id: text, first: text, last: text, readings: number, days: number }),
    ),
  });

const devices = list(object({ device_id: text, priority: number }));

export const hasDevices: Check = object({ devices });

export const isDeviceList: Check = object({
  devices,
  prefixes: list(object({ prefix: text, priority: number })),
});

export const isHealth: Check = object({
  status: text,
  reasons: list(text),
  version: text,
  uptime_seconds: number,
  storage: object({}),
});
