import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const source = (path: string): string =>
  fileURLToPath(new URL(`../../client/src/${path}`, import.meta.url));

/** What is loaded when it is first asked for. */
const LOADED_LATER = [
  'live/follow-readings.ts',
  'export/export-readings.ts',
  'series/long-series.ts',
];

const sizeOf = async (path: string, external: string[]) => {
  const { outputFiles } = await build({
    entryPoints: [source(path)],
    external,
    target: 'es2022',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) return expect.fail('no bundle');
  return { bytes: bundle.contents.byteLength, gzipped: gzipSync(bundle.contents).byteLength };
};

/** The budget of a page that uses all of the client, with openapi-fetch. */
test('the client adds less than 15 kB to a page, 6 kB as sent', async () => {
  const atOnce = await sizeOf(
    'index.ts',
    LOADED_LATER.map((path) => `../${path}`),
  );
  console.log('client at once:', atOnce);
  for (const path of LOADED_LATER) {
    // With what the page has already, so no more than this.
    console.log(`client/src/${path}, loaded later:`, await sizeOf(path, []));
  }
  expect(atOnce.bytes).toBeLessThan(15_000);
  expect(atOnce.gzipped).toBeLessThan(6_000);
});
