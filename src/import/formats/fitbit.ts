import type { SourceRow } from '../source-row.ts';
import type { Format } from './format.ts';
import { fieldsOf, jsonItems, listOf } from './json.ts';

/** `01/15/24 10:00:05` in ISO 8601; undefined for any other form. */
const isoOf = (text: unknown): string | undefined => {
  const parts = typeof text === 'string' && /^(\d\d)\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)$/.exec(text);
  if (!parts) return undefined;
  const [, month, day, year, time] = parts;
  return `20${year}-${month}-${day}T${time}Z`;
};

/**
 * `heart_rate-YYYY-MM-DD.json` of Fitbit's data export and of Google Takeout: a list of
 * `{"dateTime":"01/15/24 10:00:05","value":{"bpm":68,"confidence":3}}`, in UTC.
 */
export const fitbit: Format = {
  name: 'fitbit',
  title: 'Fitbit and Google Takeout heart_rate-YYYY-MM-DD.json',
  recognizes: ({ text }) =>
    /^\s*\[\s*\{\s*"dateTime"\s*:\s*"[^"]*"\s*,\s*"value"\s*:\s*\{\s*"bpm"/.test(text),
  async *read({ chunks }): AsyncGenerator<SourceRow> {
    for await (const { value, number } of jsonItems(chunks(), ['[]'])) {
      const { dateTime, value: measured } = fieldsOf(value);
      const placed = { place: `item ${number}`, row: value };
      const time = isoOf(dateTime);
      if (time === undefined) {
        yield {
          ...placed,
          reason: `dateTime ${JSON.stringify(dateTime)} is not MM/DD/YY HH:MM:SS`,
        };
      } else yield { ...placed, source: 'fitbit', time, heartRate: fieldsOf(measured).bpm };
    }
  },
};

/**
 * A response of Fitbit's Web API to a heart-rate intraday request: a day, and local times of it.
 */
export const fitbitIntraday: Format = {
  name: 'fitbit-intraday',
  title: 'Fitbit Web API, heart rate intraday',
  recognizes: ({ text }) => /^\s*\{/.test(text) && text.includes('"activities-heart-intraday"'),
  async *read({ chunks }): AsyncGenerator<SourceRow> {
    for await (const { value } of jsonItems(chunks(), [''])) {
      const response = fieldsOf(value);
      const date = fieldsOf(listOf(response['activities-heart'])[0]).dateTime;
      const { dataset } = fieldsOf(response['activities-heart-intraday']);
      for (const [index, row] of listOf(dataset).entries()) {
        const { time, value: heartRate } = fieldsOf(row);
        const place = `dataset ${index + 1}`;
        yield { place, row, source: 'fitbit', time: `${date}T${time}`, heartRate };
      }
    }
  },
};
