import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { components } from '../../../generated/openapi-types.ts';
import type { HttpEnv } from '../http-app.ts';
import { csv } from './csv.ts';
import type { ExportFormat } from './export-format.ts';
import { fhir } from './fhir.ts';
import { ndjson } from './ndjson.ts';
import { parquet } from './parquet.ts';
import type { ParquetFiles } from './parquet-files.ts';

type FormatName = components['schemas']['ExportFormat'];

/** The formats, and which of them a request asks for. */
export class ExportFormats {
  readonly #byName: Readonly<Record<FormatName, ExportFormat>>;
  readonly #byType: ReadonlyMap<string, ExportFormat>;

  constructor(files: ParquetFiles) {
    this.#byName = { ndjson, csv, parquet: parquet(files), fhir };
    this.#byType = new Map(
      Object.values(this.#byName).map((format) => [mediaTypeOf(format), format]),
    );
  }

  /**
   * The format that is asked for by name, or else by `Accept`, or else NDJSON: an `Accept` that
   * names none may be disregarded (RFC 9110 12.5.1), and who asks for JSON is served better so.
   */
  for(c: Context<HttpEnv>, name: FormatName | undefined): ExportFormat {
    if (name !== undefined) return this.#byName[name];
    const supports = [...this.#byType.keys()];
    const accepted = accepts(c, { header: 'Accept', supports, default: '' });
    return this.#byType.get(accepted) ?? ndjson;
  }
}

/** Without its parameters. */
const mediaTypeOf = ({ contentType }: ExportFormat): string => contentType.replace(/;.*/, '');
