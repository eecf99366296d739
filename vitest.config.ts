import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 30_000,
    // Several files start real servers and child processes: two at a time is what two cores bear.
    maxWorkers: 2,
  },
});
