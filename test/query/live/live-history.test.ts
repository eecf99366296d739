import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { LiveHistory } from '../../../src/query/live/live-history.ts';
import { type LiveRun, weightOf } from '../../../src/query/live/live-run.ts';
import type { EpochMicros, Sequence } from '../../../src/readings/reading.ts';

/** What a process has that is started with --expose-gc. */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
})();

const RUNS = 8;

const runAt = (position: number): LiveRun => ({
  ...{ userId: 'ann', deviceId: 'a', heartRates: [70], positions: [position] },
  timestampsMicros: [position as EpochMicros],
});

const positionsOf = (runs: readonly LiveRun[]) => runs.flatMap(({ positions }) => positions);

const withRuns = (maxRuns: number) => {
  const history = new LiveHistory(maxRuns * weightOf(runAt(1)));
  const held: WeakRef<LiveRun>[] = [];
  for (let position = 1; position <= RUNS; position++) {
    const run = runAt(position);
    held.push(new WeakRef(run));
    history.add(run);
  }
  return { history, held };
};

test.each([0, 1, 2, RUNS])('of %i runs that it may remember, it holds no more', async (maxRuns) => {
  const { history, held } = withRuns(maxRuns);
  // What a WeakRef was made of in a turn is kept until its end.
  await nextTurn();
  collectGarbage();
  const left = held.map((run) => run.deref()).filter((run) => run !== undefined);
  const expected = Array.from({ length: maxRuns }, (_, at) => RUNS - maxRuns + 1 + at);
  expect(positionsOf(left)).toEqual(expected);
  expect(history.completeFrom).toBe(RUNS - maxRuns);
  expect(positionsOf(history.after(0, () => true))).toEqual(expected);
});

test('a run that is larger than all that it may remember takes the place of those before', () => {
  const { history } = withRuns(2);
  const positions = Array.from({ length: 100 }, (_, at) => RUNS + 1 + at);
  const timestampsMicros = positions.map((position) => position as EpochMicros);
  history.add({ ...runAt(0), positions, timestampsMicros, heartRates: positions.map(() => 70) });
  expect(history.completeFrom).toBe(RUNS + 100);
  history.add(runAt(RUNS + 101));
  expect(positionsOf(history.after(0, () => true))).toEqual([RUNS + 101]);
});

test('what an erasure covers goes, but for what came after its place', () => {
  const { history } = withRuns(4);
  history.erase({ userId: 'ben', sequence: (RUNS + 1) as Sequence });
  expect(positionsOf(history.after(0, () => true))).toEqual([5, 6, 7, 8]);
  history.erase({ userId: 'ann', sequence: 6 as Sequence });
  expect(positionsOf(history.after(0, () => true))).toEqual([7, 8]);
  for (let position = 9; position <= 12; position++) history.add(runAt(position));
  expect(positionsOf(history.after(0, () => true))).toEqual([9, 10, 11, 12]);
});
