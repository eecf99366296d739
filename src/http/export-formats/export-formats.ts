import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { components } from '../../../generated/openapi-types.ts';
import type { HttpEnv } from '../http-app.ts';
import { csv } from './csv.ts';
import type { ExportFormat } from './export-format.ts';
import { fhir } from './fhir.ts';
import { ndjson } from './ndjson.ts';
import { parquet } from './parquet.ts';

type FormatName = components['schemas']['ExportFormat'];

const FORMATS: Readonly<Record<FormatName, ExportFormat>> = { ndjson, csv, parquet, fhir };

/** Formats by media type. */
const BY_TYPE = new Map(
  Object.values(FORMATS).map((format) => [format.contentType.split(';')[0] as string, format]),
);

/**
 * The format that is asked for by name, or else by `Accept`, or else NDJSON: an `Accept` that names
 * none may be disregarded (RFC 9110 12.5.1), and who asks for JSON is served better so than not.
 */
export const formatFor = (c: Context<HttpEnv>, name: FormatName | undefined): ExportFormat => {
  if (name !== undefined) return FORMATS[name];
  const supports = [...BY_TYPE.keys()];
  const accepted = accepts(c, { header: 'Accept', supports, default: '' });
  return BY_TYPE.get(accepted) ?? ndjson;
};
