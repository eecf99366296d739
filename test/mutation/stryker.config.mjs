/**
 * A whole run takes a day. A part of it, chosen at random, tells the score within a few per cent:
 * `MUTATION_SHARE` (from 0 to 1) is how much of the lines, `MUTATION_SEED` which.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const FOLDERS = [
  'src/http',
  'src/query',
  'src/readings',
  'client/src',
  'client/dashboard/src/series',
  'client/dashboard/src/view',
];
/** Long enough for small blocks to lie in one as a whole: what is cut is not mutated. */
const RUN_LINES = 12;
const share = Number(process.env.MUTATION_SHARE ?? 0.05);
const seed = process.env.MUTATION_SEED ?? '1';

/** From 0 to 1, the same for the same text. */
const chance = (text) => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;

/** What to mutate in a file: `path:first-last` for each run of lines that is chosen. */
const chosenIn = (path) => {
  const lines = readFileSync(path, 'utf8').split('\n').length;
  const runs = Array.from({ length: Math.ceil(lines / RUN_LINES) }, (_, i) => i * RUN_LINES + 1);
  return runs
    .filter((first) => chance(`${seed} ${path} ${first}`) < share)
    .map((first) => `${path}:${first}-${first + RUN_LINES - 1}`);
};

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);

export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: FOLDERS.flatMap(filesIn).flatMap(share < 1 ? chosenIn : (path) => path),
  ignorePatterns: ['dist/*', '!dist/docs', '!dist/dashboard', 'data'],
  ignoreStatic: true,
  tempDirName: 'dist/stryker',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'dist/mutation.json' },
  clearTextReporter: { reportTests: false, allowColor: false },
  thresholds: { high: 90, low: 80, break: 75 },
  concurrency: 1,
  // Machines are shared: what is only slow is not found by its time.
  timeoutFactor: 3,
  dryRunTimeoutMinutes: 30,
};
