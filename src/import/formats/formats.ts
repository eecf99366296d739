import { headText, type Input } from '../input/input.ts';
import { appleHealth } from './apple-health.ts';
import { fit } from './fit.ts';
import { fitbit, fitbitIntraday } from './fitbit.ts';
import type { Format } from './format.ts';
import { googleFit } from './google-fit.ts';
import { oura } from './oura.ts';
import { parquet } from './parquet.ts';
import { polarContinuous, polarDays, polarSession } from './polar.ts';
import { fhir, fhirBundle, json, ndjson } from './readings.ts';
import { csv, googleHealthCsv, ouraCsv, samsung } from './tables.ts';
import { tcx } from './tcx.ts';

/** Every format, the special ones before those that much looks like. */
export const FORMATS: readonly Format[] = [
  appleHealth,
  tcx,
  fit,
  parquet,
  fitbit,
  fitbitIntraday,
  googleFit,
  oura,
  polarSession,
  polarDays,
  polarContinuous,
  samsung,
  ouraCsv,
  googleHealthCsv,
  fhirBundle,
  json,
  fhir,
  ndjson,
  csv,
];

/** What an input is by its content, or undefined. */
export const formatOf = (input: Input): Format | undefined => {
  const head = { bytes: input.head, text: headText(input).trimStart() };
  return FORMATS.find((format) => format.recognizes(head));
};
