/**
 * The long tests, one after the other: `npm run test:long`. Each count can be set from outside, as
 * in `KILL_CYCLES=50 MODEL_RUNS=100 FAULT_SEEDS=1 RACE_SECONDS=10 npm run test:long`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

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
    secondsEach: 2.3,
  },
  {
    what: 'random sequences against a map',
    path: 'test/storage/model.test.ts',
    variable: 'MODEL_RUNS',
    size: 2000,
    secondsEach: 0.7,
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
  {
    what: 'minutes of mixed load with faults',
    path: 'test/soak',
    variable: 'SOAK_MINUTES',
    size: 10,
    secondsEach: 66,
  },
];

const sizeOf = ({ variable, size }: LongTest): number => Number(process.env[variable] ?? size);
const minutes = (seconds: number): string => `${Math.ceil(seconds / 60)} min`;

/** What a test says of itself when it is done: its totals and its seed. */
const SUMMARY = /^(?:in all|model|race|soak): /;

interface Outcome {
  readonly passed: boolean;
  readonly summaries: readonly string[];
}

/** Shows what the test prints, and keeps its summaries. */
const run = async (test: LongTest): Promise<Outcome> => {
  const env = { ...process.env, ...test.settings, [test.variable]: String(sizeOf(test)) };
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'long', test.path];
  const child = spawn(process.execPath, vitest, { stdio: ['inherit', 'pipe', 'inherit'], env });
  const closed = once(child, 'close');
  const summaries: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    const plain = stripVTControlCharacters(line);
    if (SUMMARY.test(plain)) summaries.push(plain);
  }
  const [code] = await closed;
  return { passed: code === 0, summaries };
};

const expectedSeconds = LONG_TESTS.map((test) => sizeOf(test) * test.secondsEach);
console.log(`Takes about ${minutes(expectedSeconds.reduce((a, b) => a + b))} on two idle cores:`);
LONG_TESTS.forEach((test, i) => {
  const seconds = minutes(expectedSeconds[i] as number);
  console.log(`  ${sizeOf(test)} ${test.what} (${test.variable}): ${seconds}`);
});

const results: { test: LongTest; outcome: Outcome; seconds: number }[] = [];
for (const test of LONG_TESTS) {
  const startedAtMs = performance.now();
  const outcome = await run(test);
  results.push({ test, outcome, seconds: (performance.now() - startedAtMs) / 1000 });
}
console.log('Totals:');
for (const { test, outcome, seconds } of results) {
  const verdict = outcome.passed ? 'passed' : 'FAILED';
  console.log(`  ${sizeOf(test)} ${test.what}: ${verdict} in ${minutes(seconds)}`);
  for (const summary of outcome.summaries) console.log(`    ${summary}`);
}
if (!results.every(({ outcome }) => outcome.passed)) process.exitCode = 1;
