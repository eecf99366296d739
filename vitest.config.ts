import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 30_000,
    // Several files start real servers and child processes: two at a time is what two cores bear.
    maxWorkers: 2,
    // How much of the store the tests reach: `npm run coverage`. It leaves out the tests that are
    // long or random, so that it takes a minute and gives the same figure each time.
    coverage: {
      provider: 'v8',
      include: ['src/storage/**/*.ts'],
      // They run as built, in a worker thread and beside it, where their source is not measured.
      exclude: [
        'src/storage/parquet/parts/job-worker.ts',
        'src/storage/parquet/parts/worker-jobs.ts',
        'src/storage/worker-calls.ts',
      ],
      reporter: ['text'],
      thresholds: { branches: 95 },
    },
  },
});
