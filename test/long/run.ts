/**
 * The long tests, one after the other: `npm run test:long`. Each count can be set from outside, as
 * in `KILL_CYCLES=50 MODEL_RUNS=100 FAULT_SEEDS=1 RACE_SECONDS=10 npm run test:long`.
 */
import { spawnSync } from 'node:child_process';

interface LongTest {
  readonly what: string;
  readonly path: string;
  /** Its size: an environment variable, and what it is unless set from outside. */
  readonly variable: string;
  readonly size: number;
  /** How long one of `size` takes on two cores that do nothing else. */
  readonly secondsEach: number;
  readonly settings?: Readonly<Record<string, string>>;
}

const LONG_TESTS: readonly LongTest[] = [
  {
    what: 'kills of the service under load',
    path: 'test/crash/kill.test.ts',
    variable: 'KILL_CYCLES',
    size: 1000,
    secondsEach: 2,
  },
  {
    what: 'random sequences against a map',
    path: 'test/storage/model.test.ts',
    variable: 'MODEL_RUNS',
    size: 2000,
    secondsEach: 0.5,
    settings: { MODEL_COMMANDS: '40' },
  },
  {
    what: 'seeds of power loss and failing disks',
    path: 'test/storage/faults',
    variable: 'FAULT_SEEDS',
    size: 5,
    secondsEach: 40,
  },
  {
    what: 'seconds of racing maintenance',
    path: 'test/storage/race.test.ts',
    variable: 'RACE_SECONDS',
    size: 60,
    secondsEach: 1.2,
  },
];

const sizeOf = ({ variable, size }: LongTest): number => Number(process.env[variable] ?? size);
const minutes = (seconds: number): string => `${Math.ceil(seconds / 60)} min`;

const run = (test: LongTest): boolean => {
  const env = { ...process.env, ...test.settings, [test.variable]: String(sizeOf(test)) };
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', test.path];
  return spawnSync(process.execPath, vitest, { stdio: 'inherit', env }).status === 0;
};

const expectedSeconds = LONG_TESTS.map((test) => sizeOf(test) * test.secondsEach);
console.log(`Takes about ${minutes(expectedSeconds.reduce((a, b) => a + b))} on two idle cores:`);
LONG_TESTS.forEach((test, i) => {
  const seconds = minutes(expectedSeconds[i] as number);
  console.log(`  ${sizeOf(test)} ${test.what} (${test.variable}): ${seconds}`);
});

const results = LONG_TESTS.map((test) => {
  const startedAtMs = performance.now();
  const passed = run(test);
  return { test, passed, seconds: (performance.now() - startedAtMs) / 1000 };
});
console.log('Totals:');
for (const { test, passed, seconds } of results) {
  const verdict = passed ? 'passed' : 'FAILED';
  console.log(`  ${sizeOf(test)} ${test.what}: ${verdict} in ${minutes(seconds)}`);
}
if (!results.every(({ passed }) => passed)) process.exitCode = 1;
