import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

/** Writes a Zod schema for each component schema of `spec` to the folder `output`. */
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
          string({ $, plugin, schema }) {
            if (schema.format !== 'timestamp') return undefined;
            const external = '../../src/http/timestamp-schema.ts';
            return $(plugin.symbol('timestamp', { external }));
          },
        },
      },
    ],
  });
};
