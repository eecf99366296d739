import { defineConfig } from 'vitest/config';

/**
 * Random sequences, of which each run takes others: no measure of what the tests reach. A few in
 * `npm test`, and more in `npm run test:all`.
 */
const RANDOM = ['test/storage/{model,race}.test.ts'];
const { MODEL_RUNS, RACE_SECONDS, FUZZ_RUNS } = process.env;
const FEW = { MODEL_RUNS: MODEL_RUNS ?? '10', RACE_SECONDS: RACE_SECONDS ?? '2' };

/** What takes from five to twenty seconds and can wait: `npm run test:all`, not `npm test`. */
const SLOW = [
  'test/main.test.ts',
  'test/audit/service.test.ts',
  'test/browser/{client,docs,keys}.test.ts',
  'test/browser/dashboard/*.test.ts',
  'test/bench/load/reading-requests.test.ts',
  'test/bench/simulation/simulate-day.test.ts',
  'test/client/readme.test.ts',
  'test/client/src/series/long-series.test.ts',
  'test/conformance/conformance.test.ts',
  'test/contract/redos.test.ts',
  'test/crash/shutdown.test.ts',
  'test/deploy/cassandra.test.ts',
  'test/http/{asker-gone,export-million,hostile,left-connections,slow-clients}.test.ts',
  'test/cli/{command-line,generate-data/generate-data,import/import,keys/keys,verify/verify}.test.ts',
  'test/http/export-formats/export-formats.test.ts',
  'test/import/{memory,round-trip}.test.ts',
  'test/http/guides/run-guides.test.ts',
  'test/storage/damage/{log,parts}.test.ts',
  'test/storage/format.test.ts',
  'test/storage/{narrow-erasure,unflushed-limit,worker-calls}.test.ts',
  'test/storage/parquet/disk/folder-lock.test.ts',
  'test/storage/parquet/memory/recent-readings.test.ts',
  'test/storage/parquet/parts/compact-large-day.test.ts',
  'test/storage/parquet/verify/verify.test.ts',
  'test/query/{series-oracle,series-runs}.test.ts',
  'test/query/local/many-zones.test.ts',
  'test/tracing/tracing.test.ts',
];

/** What takes from half a minute to some, or other things each time: the same. */
const LONG = [
  'test/crash/{backup,kill}.test.ts',
  'test/cassandra/faults/{faults,periodic}.test.ts',
  'test/cassandra/secured/secured.test.ts',
  'test/migration/migrate.test.ts',
  'test/storage/faults/{io-failure,power-loss,rejected-kept,upgrade}.test.ts',
  'test/client/package.test.ts',
  'test/soak/mixed.test.ts',
];

/** They put other modules in the place of some, or measure memory: each is on its own. */
const ISOLATED = [
  'test/storage/cassandra/day-trust-simulation.test.ts',
  'test/storage/parquet/disk/{node-files,socket-claim}.test.ts',
  'test/storage/parquet/parts/{check-part,footer}.test.ts',
];

/** Few requests of each operation in `npm test`, and many in `npm run test:all`. */
const FUZZED = ['test/http/contract-fuzz/contract-fuzz.test.ts'];
const MANY = {
  FUZZ_RUNS: FUZZ_RUNS ?? '1000',
  MODEL_RUNS: MODEL_RUNS ?? '50',
  RACE_SECONDS: RACE_SECONDS ?? '10',
};

const inProject = (name: string, include: string[], exclude: string[] = [], isolate = true) => ({
  test: { name, include, exclude, isolate, testTimeout: 60_000 },
});
const withEnv = (project: ReturnType<typeof inProject>, env: Record<string, string>) => ({
  test: { ...project.test, env },
});

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    // Several files start real servers and child processes: two at a time is what two cores bear.
    maxWorkers: 2,
    projects: [
      // To load Polars and Zod anew for each file would take as long as half of the tests.
      inProject('usual', ['test/**/*.test.ts'], [...RANDOM, ...SLOW, ...LONG, ...ISOLATED], false),
      inProject('isolated', ISOLATED),
      inProject('slow', SLOW),
      withEnv(inProject('random', RANDOM), FEW),
      withEnv(inProject('long', [...LONG, ...FUZZED, ...RANDOM]), MANY),
    ],
    // How much of the store the tests reach: `npm run coverage`. It takes the usual and slow ones, so
    // that it takes a minute and gives the same figure each time.
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
