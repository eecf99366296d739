import type { SourceRow } from '../source-row.ts';
import type { Format } from './format.ts';
import { fieldsOf, jsonItems } from './json.ts';

/** Oura's API v2, `usercollection/heartrate`, and the list of the same name in a data export. */
export const oura: Format = {
  name: 'oura',
  title: 'Oura API v2 heart rate JSON',
  recognizes: ({ text }) =>
    /^\s*\{\s*"(data|heart_?rate)"\s*:\s*\[\s*\{[^}]*"bpm"/.test(text) &&
    text.includes('"timestamp"'),
  async *read({ chunks }): AsyncGenerator<SourceRow> {
    const items = jsonItems(chunks(), ['data[]', 'heart_rate[]', 'heartrate[]']);
    for await (const { value, number } of items) {
      const { bpm, timestamp } = fieldsOf(value);
      const place = `item ${number}`;
      yield { place, row: value, source: 'oura', time: timestamp, heartRate: bpm };
    }
  },
};
