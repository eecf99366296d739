import type { SourceRow } from '../source-row.ts';
import type { Format } from './format.ts';
import { fieldsOf, jsonItems, listOf } from './json.ts';

const HEART_RATE = 'com.google.heart_rate.bpm';
const DATA_POINTS = 'Data Points[]';

/** `raw:com.google.heart_rate.bpm:com.example.app:Maker:Model:…`: the app and what it ran on. */
const sourceOf = (id: unknown): string => {
  const parts = typeof id === 'string' ? id.split(':').slice(2, 5) : [];
  return parts.filter((part) => part !== '').join(' ') || 'google-fit';
};

/**
 * `Fit/All Data/*heart_rate.bpm*.json` of Google Takeout; instants in nanoseconds, of which numbers
 * in JavaScript hold the microseconds.
 */
export const googleFit: Format = {
  name: 'google-fit',
  title: 'Google Fit (Takeout) heart_rate.bpm JSON',
  recognizes: ({ text }) =>
    /^\s*\{/.test(text) && text.includes('"Data Points"') && text.includes(HEART_RATE),
  async *read({ chunks }): AsyncGenerator<SourceRow> {
    for await (const { value: row, number } of jsonItems(chunks(), [DATA_POINTS])) {
      const { fitValue, startTimeNanos, originDataSourceId, dataTypeName } = fieldsOf(row);
      const placed = { place: `data point ${number}`, row };
      if (dataTypeName !== HEART_RATE) {
        yield { ...placed, reason: `its type is ${JSON.stringify(dataTypeName)}` };
        continue;
      }
      const { value } = fieldsOf(listOf(fitValue)[0]);
      const time = Number.isFinite(startTimeNanos)
        ? Math.round(Number(startTimeNanos) / 1000)
        : undefined;
      const source = sourceOf(originDataSourceId);
      yield { ...placed, source, time, heartRate: fieldsOf(value).fpVal };
    }
  },
};
