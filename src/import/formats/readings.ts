import { messageOf } from '../../thrown.ts';
import { linesOf, utf8Text } from '../input/bytes.ts';
import type { SourceRow } from '../source-row.ts';
import { observationRow } from './fhir.ts';
import type { Format } from './format.ts';
import { fieldsOf, jsonItems } from './json.ts';

const MAX_LINE_CHARACTERS = 1024 * 1024;

/** A reading as the service itself writes and takes it. */
const readingRow = (place: string, row: unknown): SourceRow => {
  const { user_id: userId, device_id: deviceId, timestamp, heart_rate: heartRate } = fieldsOf(row);
  return { place, row, deviceId, userId, time: timestamp, heartRate };
};

const rowOf = (place: string, value: unknown): SourceRow => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { place, row: value, reason: 'it is no JSON object' };
  }
  return 'resourceType' in value ? observationRow(place, value) : readingRow(place, value);
};

const parsedRow = (place: string, line: string): SourceRow => {
  try {
    return rowOf(place, JSON.parse(line));
  } catch (error) {
    return { place, row: line.slice(0, 1000), reason: `it is no JSON: ${messageOf(error)}` };
  }
};

/** The whole first line, or nothing when it does not end in `text`. */
const firstObject = (text: string): unknown => {
  const line = text.trimStart().split('\n', 1)[0] ?? '';
  try {
    return JSON.parse(line);
  } catch {
    // No JSON on one line, so not of this kind.
    return undefined;
  }
};

const isReading = (value: unknown): boolean => {
  const fields = fieldsOf(value);
  return 'heart_rate' in fields && 'timestamp' in fields;
};

const isObservation = (value: unknown): boolean => fieldsOf(value).resourceType === 'Observation';

const lineFormat = (name: string, title: string, isOne: (value: unknown) => boolean): Format => ({
  name,
  title,
  isGeneric: true,
  recognizes: ({ text }) => isOne(firstObject(text)),
  async *read({ chunks }) {
    for await (const { line, number } of linesOf(utf8Text(chunks()), MAX_LINE_CHARACTERS)) {
      if (line.trim() !== '') yield parsedRow(`line ${number}`, line);
    }
  },
});

export const ndjson = lineFormat('ndjson', 'NDJSON, a reading a line', isReading);

export const fhir = lineFormat('fhir', 'FHIR R4 Observations, one a line', isObservation);

const documentFormat = (name: string, title: string, mark: RegExp, path: string): Format => ({
  name,
  title,
  isGeneric: true,
  recognizes: ({ text }) => mark.test(text),
  async *read({ chunks }) {
    for await (const { value, number } of jsonItems(chunks(), [path])) {
      yield rowOf(`item ${number}`, value);
    }
  },
});

export const json = documentFormat(
  'json',
  'JSON, the body of a batch',
  /^\s*\{\s*"readings"\s*:\s*\[/,
  'readings[]',
);

export const fhirBundle = documentFormat(
  'fhir-bundle',
  'FHIR R4 Bundle of Observations',
  /^\s*\{[^[]*"resourceType"\s*:\s*"Bundle"/,
  'entry[].resource',
);
