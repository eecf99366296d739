import type { SourceRow } from '../source-row.ts';
import type { Format } from './format.ts';
import { fieldsOf, type JsonItem, jsonItems, listOf } from './json.ts';

const MINUTES_PER_HOUR = 60;
const SECONDS_PER_DAY = 86_400;

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** `+01:00`; nothing for what is no offset, so that the time is local. */
const offsetText = (minutes: unknown): string => {
  if (typeof minutes !== 'number' || !Number.isInteger(minutes)) return '';
  const distance = Math.abs(minutes);
  const hours = twoDigits(Math.floor(distance / MINUTES_PER_HOUR));
  return `${minutes < 0 ? '-' : '+'}${hours}:${twoDigits(distance % MINUTES_PER_HOUR)}`;
};

const clockOf = (seconds: unknown): string => {
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds < SECONDS_PER_DAY)) return '';
  const minutes = Math.floor(seconds / 60);
  const clock = [Math.floor(minutes / MINUTES_PER_HOUR), minutes % MINUTES_PER_HOUR];
  return `${clock.map(twoDigits).join(':')}:${twoDigits(Math.floor(seconds % 60))}`;
};

/** A session of the Flow export: local times, and the offset that they have. */
function* sessionRows({ number, value }: JsonItem): Generator<SourceRow> {
  const { samples, timezoneOffset } = fieldsOf(value);
  for (const [index, row] of listOf(fieldsOf(samples).heartRate).entries()) {
    const { dateTime, value: heartRate } = fieldsOf(row);
    const time = `${dateTime}${offsetText(timezoneOffset)}`;
    // What the strap missed has no value.
    if (heartRate === undefined) continue;
    const place = `exercise ${number}, sample ${index + 1}`;
    yield { place, row, source: 'polar', time, heartRate };
  }
}

/** `247ohr_*.json` of the Flow export: seconds of a local day. */
function* deviceDayRows({ number, value }: JsonItem): Generator<SourceRow> {
  const { date, deviceId, samples } = fieldsOf(value);
  const source = typeof deviceId === 'string' && deviceId !== '' ? `polar ${deviceId}` : 'polar';
  for (const [index, row] of listOf(samples).entries()) {
    const { heartRate, secondsFromDayStart } = fieldsOf(row);
    const time = `${date}T${clockOf(secondsFromDayStart)}`;
    yield { place: `day ${number}, sample ${index + 1}`, row, source, time, heartRate };
  }
}

/** AccessLink's continuous heart rate: times of a local day. */
function* continuousRows({ number, value }: JsonItem): Generator<SourceRow> {
  const { date, heart_rate_samples: samples } = fieldsOf(value);
  for (const [index, row] of listOf(samples).entries()) {
    const { heart_rate: heartRate, sample_time: clock } = fieldsOf(row);
    const place = `day ${number}, sample ${index + 1}`;
    yield { place, row, source: 'polar', time: `${date}T${clock}`, heartRate };
  }
}

const polarFormat = (
  name: string,
  title: string,
  mark: RegExp,
  paths: readonly string[],
  rowsOf: (item: JsonItem) => Iterable<SourceRow>,
): Format => ({
  name,
  title,
  recognizes: ({ text }) => /^\s*\{/.test(text) && mark.test(text),
  async *read({ chunks }) {
    for await (const item of jsonItems(chunks(), paths)) yield* rowsOf(item);
  },
});

export const polarSession = polarFormat(
  'polar-session',
  'Polar Flow export, training-session-*.json',
  /"exercises"\s*:\s*\[/,
  ['exercises[]'],
  sessionRows,
);

export const polarDays = polarFormat(
  'polar-247ohr',
  'Polar Flow export, 247ohr_*.json',
  /"deviceDays"\s*:\s*\[/,
  ['deviceDays[]'],
  deviceDayRows,
);

export const polarContinuous = polarFormat(
  'polar-continuous',
  'Polar AccessLink, continuous heart rate',
  /"heart_rate_samples"\s*:\s*\[/,
  [''],
  continuousRows,
);
