import type { Reading } from '../../../client/src/index.ts';
import { zDeviceId, zHeartRate } from '../../../generated/zod/zod.gen.ts';
import type { EpochMicros } from '../../readings/reading.ts';
import { END_OF_TIME_MICROS, formatTimestamp, parseTimestamp } from '../../readings/timestamp.ts';
import type { SourceReading } from '../source-row.ts';
import { type DeviceRule, deviceIdOf } from './device-id.ts';
import type { LocalClock } from './local-clock.ts';

export interface ReadingRules {
  readonly userId: string;
  readonly devices: DeviceRule;
  /** Undefined: local times are taken as UTC. */
  readonly clock: LocalClock | undefined;
}

type Time =
  | { readonly micros: EpochMicros; readonly isLocal: boolean }
  | { readonly reason: string };

/** What becomes of a row: a reading as the contract wants it, or the reason why it is none. */
export type Checked =
  | { readonly reading: Reading; readonly isLocal: boolean }
  | { readonly reason: string };

const hasOffset = (text: string): boolean => /(z|[+-]\d{2}(:?\d{2})?)$/i.test(text.slice(11));

/** Microseconds in one of what so many digits count. */
const EPOCH_UNITS: readonly (readonly [digits: RegExp, micros: number])[] = [
  [/^\d{9,10}$/, 1_000_000],
  [/^\d{12,13}$/, 1_000],
  [/^\d{15,16}$/, 1],
];

const timeOf = (value: unknown, source: string, clock: LocalClock | undefined): Time => {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.trim() === '') return { reason: 'it has no time' };
  const trimmed = text.trim();
  const unit = EPOCH_UNITS.find(([digits]) => digits.test(trimmed));
  if (unit !== undefined) {
    return { micros: (Number(trimmed) * unit[1]) as EpochMicros, isLocal: false };
  }
  const micros = parseTimestamp(trimmed);
  if (micros === undefined) return { reason: `"${trimmed.slice(0, 60)}" is no time` };
  if (hasOffset(trimmed)) return { micros, isLocal: false };
  const instant = clock === undefined ? micros : clock.instantOf(micros, source);
  if (instant !== undefined) return { micros: instant, isLocal: true };
  return { reason: `${trimmed} never was on the clocks of this zone, which were put forward` };
};

/** A number, or the decimal text of one. */
const numberOf = (value: unknown): unknown => {
  const isDecimal = typeof value === 'string' && /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(value);
  return isDecimal ? Number(value) : value;
};

const { minValue: MIN, maxValue: MAX } = zHeartRate;

const heartRateOf = (value: unknown): number | string => {
  const heartRate = numberOf(value);
  if (heartRate === undefined || heartRate === null || heartRate === '') {
    return 'it has no heart rate';
  }
  if (zHeartRate.safeParse(heartRate).success) return Number(heartRate);
  return `its heart rate must be a number from ${MIN} to ${MAX}, not ${JSON.stringify(value)}`;
};

/** Checks a row by the contract's own schema. */
export const checkReading = (row: SourceReading, rules: ReadingRules): Checked => {
  const { userId } = rules;
  if (typeof row.userId === 'string' && row.userId !== '' && row.userId !== userId) {
    return { reason: `it is a reading of another user, ${JSON.stringify(row.userId)}` };
  }
  const deviceId = deviceIdOf(row, rules.devices);
  if (deviceId === undefined) return { reason: 'nothing says its device; --device does' };
  if (!zDeviceId.safeParse(deviceId).success) {
    return { reason: `${JSON.stringify(deviceId.slice(0, 200))} is no device id` };
  }
  // Before the value is looked at: also of a bad one the time tells where the clock is.
  const time = timeOf(row.time, String(row.source ?? deviceId), rules.clock);
  if ('reason' in time) return time;
  const { micros, isLocal } = time;
  if (micros < 0 || micros >= END_OF_TIME_MICROS) {
    return { reason: `${row.time} is not between the years 1970 and 2199` };
  }
  const heartRate = heartRateOf(row.heartRate);
  if (typeof heartRate === 'string') return { reason: heartRate };
  const timestamp = formatTimestamp(micros);
  const reading = { user_id: userId, device_id: deviceId, timestamp, heart_rate: heartRate };
  return { reading, isLocal };
};
