import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

/** Formats of this project: each a function from a pattern and its message to a Zod schema. */
const OWN_FORMATS: Readonly<Record<string, string>> = {
  timestamp: '../../src/http/schema/timestamp-schema.ts',
  unicode: '../../src/http/schema/text-schema.ts',
};

/** What the generator makes of `additionalProperties: false`. */
const isFalse = (schema: unknown): boolean =>
  schema === false ||
  (typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'never');

/**
 * Writes a Zod schema for each component schema of `spec` to the folder `output`.
 *
 * Two things are said in the contract that the generator does not know of itself: formats of this
 * project, and `x-message` beside a `pattern`, which is what to answer when it does not match.
 */
export const writeZodSchemas = async (spec: URL, output: URL, header: string): Promise<void> => {
  await createClient({
    input: fileURLToPath(spec),
    logs: { level: 'silent' },
    output: { path: fileURLToPath(output), header: [header] },
    plugins: [
      {
        name: 'zod',
        compatibilityVersion: 4,
        definitions: true,
        requests: false,
        responses: false,
        dates: { offset: true },
        '~resolvers': {
          object(context) {
            const { $, nodes, schema, symbols } = context;
            const isClosed = isFalse(schema.additionalProperties);
            if (!isClosed || schema.properties === undefined) return undefined;
            return $(symbols.z).attr('strictObject').call(nodes.shape(context));
          },
          string({ $, plugin, schema, symbols }) {
            const message = 'x-message' in schema ? schema['x-message'] : undefined;
            if (schema.pattern === undefined || typeof message !== 'string') return undefined;
            // JSON Schema reads a pattern by code point, a RegExp without `u` by UTF-16 unit.
            const pattern = $.regexp(schema.pattern, 'u');
            const format = schema.format ?? '';
            const external = OWN_FORMATS[format];
            if (external !== undefined) {
              return $(plugin.symbol(format, { external })).call(pattern, $.literal(message));
            }
            const text = $(symbols.z).attr('string').call();
            return text.attr('regex').call(pattern, $.literal(message));
          },
        },
      },
    ],
  });
};
