import { z } from '@hono/zod-openapi';
import { parseTimestamp } from '../../readings/timestamp.ts';

/** The rules of the contract that the fast path checks itself, without Zod. */
export interface PlainSchema {
  readonly isUserId: (text: string) => boolean;
  readonly isDeviceId: (text: string) => boolean;
  readonly minHeartRate: number;
  readonly maxHeartRate: number;
  /** Readings of a batch. */
  readonly minReadings: number;
  readonly maxReadings: number;
}

const FIELDS = ['device_id', 'heart_rate', 'timestamp', 'user_id'];

type Bounds = Readonly<Record<'min' | 'max', number>>;
/** The checks of a schema by their names; undefined when one is no inclusive bound. */
const boundsOf = (
  schema: z.ZodNumber | z.ZodArray,
  names: Readonly<Record<string, keyof Bounds>>,
): Bounds | undefined => {
  const bounds = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  for (const { _zod } of schema._zod.def.checks ?? []) {
    const {
      check,
      value,
      minimum,
      maximum,
      inclusive = true,
    } = _zod.def as {
      check: string;
      value?: number;
      minimum?: number;
      maximum?: number;
      inclusive?: boolean;
    };
    const side = names[check];
    const bound = value ?? minimum ?? maximum;
    if (side === undefined || bound === undefined || !inclusive) return undefined;
    bounds[side] = side === 'min' ? Math.max(bounds.min, bound) : Math.min(bounds.max, bound);
  }
  return bounds;
};

const heartRateBounds = (schema: unknown): Bounds | undefined =>
  schema instanceof z.ZodNumber && !(schema instanceof z.ZodNumberFormat)
    ? boundsOf(schema, { greater_than: 'min', less_than: 'max' })
    : undefined;

/** The fields of an object that is nothing more than them. */
const fieldsOf = (schema: unknown): Readonly<Record<string, z.ZodType>> | undefined =>
  schema instanceof z.ZodObject && (schema._zod.def.checks ?? []).length === 0
    ? (schema.shape as Record<string, z.ZodType>)
    : undefined;

const isSame = (schema: z.ZodType, text: string, value: unknown): boolean => {
  const result = schema.safeParse(text);
  return result.success ? result.data === value : value === undefined;
};

/** Every way to write a timestamp that is taken, at the edges of time and between them. */
const TIMESTAMPS: readonly string[] = [
  ...['1970-01-01', '1999-09-30', '2024-02-29', '2199-12-31', '2024-02-30', '2200-01-01'],
].flatMap((date) =>
  ['T', 't', ' '].flatMap((separator) =>
    ['00:00', '19:59', '23:59:59', '00:00:00.1', '09:30:00,000001', '10:00:00.1234567'].flatMap(
      (time) =>
        ['', 'Z', 'z', '+00:00', '-2359', '+09', ' +0200', ' -05:30', ' -05'].map(
          (zone) => `${date}${separator}${time}${zone}`,
        ),
    ),
  ),
);

const isTimestamp = (schema: z.ZodType): boolean =>
  TIMESTAMPS.every((text) => isSame(schema, text, parseTimestamp(text)));

/**
 * The rules in the schemas of a reading and of a batch, or undefined if they have any other rule: a
 * further field, an exclusive bound, a check of the whole object.
 */
export const plainSchemaOf = (reading: z.ZodType, batch: z.ZodType): PlainSchema | undefined => {
  const fields = fieldsOf(reading);
  if (fields === undefined || Object.keys(fields).sort().join() !== FIELDS.join()) return undefined;
  const { user_id, device_id, timestamp, heart_rate } = fields;
  if (user_id === undefined || device_id === undefined) return undefined;
  if (timestamp === undefined || !isTimestamp(timestamp)) return undefined;
  const heartRate = heartRateBounds(heart_rate);

  const batchFields = fieldsOf(batch) ?? {};
  const { readings } = batchFields;
  if (Object.keys(batchFields).join() !== 'readings' || !(readings instanceof z.ZodArray)) {
    return undefined;
  }
  const size = boundsOf(readings, { min_length: 'min', max_length: 'max' });
  if (heartRate === undefined || size === undefined || readings.element !== reading) {
    return undefined;
  }
  return {
    isUserId: (text) => isSame(user_id, text, text),
    isDeviceId: (text) => isSame(device_id, text, text),
    minHeartRate: heartRate.min,
    maxHeartRate: heartRate.max,
    minReadings: size.min,
    maxReadings: size.max,
  };
};
