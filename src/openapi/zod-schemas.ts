import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

const TIMESTAMP_MODULE = '../../src/http/timestamp-schema.ts';

/**
 * Writes a Zod schema for each component schema of `spec` to the folder `output`.
 *
 * Two things are said in the contract that the generator does not know of itself:
 * `format: timestamp` is the project's own schema, and `x-message` beside a `pattern` is what to
 * answer when it does not match.
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
          string({ $, plugin, schema, symbols }) {
            if (schema.format === 'timestamp') {
              return $(plugin.symbol('timestamp', { external: TIMESTAMP_MODULE }));
            }
            const message = 'x-message' in schema ? schema['x-message'] : undefined;
            if (schema.pattern === undefined || typeof message !== 'string') return undefined;
            // JSON Schema reads a pattern by code point, a RegExp without `u` by UTF-16 unit.
            const pattern = $.regexp(schema.pattern, 'u');
            return $(symbols.z)
              .attr('string')
              .call()
              .attr('regex')
              .call(pattern, $.literal(message));
          },
        },
      },
    ],
  });
};
