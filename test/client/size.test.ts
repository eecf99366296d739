import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../../client/src/index.ts', import.meta.url));

/** The budget of a page that uses all of the client, with openapi-fetch. */
test('the client adds less than 15 kB to a page, 6 kB as sent', async () => {
  const options = { bundle: true, minify: true, write: false, format: 'esm' } as const;
  const { outputFiles } = await build({ entryPoints: [entry], target: 'es2022', ...options });
  const [bundle] = outputFiles;
  if (bundle === undefined) return expect.fail('no bundle');
  const gzipped = gzipSync(bundle.contents).byteLength;
  console.log(`client: ${bundle.contents.byteLength} bytes, ${gzipped} gzipped`);
  expect(bundle.contents.byteLength).toBeLessThan(15_000);
  expect(gzipped).toBeLessThan(6_000);
});
