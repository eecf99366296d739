import { defineConfig } from 'vitest/config';

/**
 * The tests that run the source as it is, in this process: what is built has no mutants in it.
 * Without those that only time and chance make fail.
 */
export default defineConfig({
  test: {
    include: ['test/{readings,query,client,http,metrics}/**/*.test.ts'],
    exclude: [
      'test/query/reader/worker-reader.test.ts',
      'test/query/series-oracle.test.ts',
      'test/client/{package,readme}.test.ts',
      'test/http/{hostile,guides/run-guides,routes/docs,export-formats/worker-parquet-files}.test.ts',
    ],
    isolate: false,
    testTimeout: 60_000,
  },
});
