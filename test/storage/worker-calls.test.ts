import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { WorkerCalls } from '../../src/storage/worker-calls.ts';
import { built, builtUrl } from '../support/built.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type WorkerCallsModule = typeof import('../../src/storage/worker-calls.ts');
const PATH = 'storage/worker-calls.ts';

/** What the thread can do. */
interface Methods {
  whose(nothing: undefined): Promise<unknown>;
  hold(nothing: undefined): Promise<unknown>;
  release(nothing: undefined): Promise<unknown>;
  fail(nothing: undefined): Promise<unknown>;
  die(nothing: undefined): Promise<unknown>;
  crash(nothing: undefined): Promise<unknown>;
  spin(nothing: undefined): Promise<unknown>;
  double(value: number): Promise<number>;
  sum(values: Float64Array): Promise<number>;
}

const SCRIPT = `
  import { workerData } from 'node:worker_threads';
  import { answerCalls } from ${JSON.stringify(builtUrl(PATH))};
  let release;
  answerCalls({
    whose: async () => workerData,
    hold: () => new Promise((resolve) => { release = resolve; }),
    release: async () => release('released'),
    fail: async () => { throw new TypeError('as asked'); },
    die: async () => process.exit(3),
    crash: () => new Promise(() => setImmediate(() => { throw new Error('out of turn'); })),
    spin: async () => { for (;;); },
    double: async (value) => value * 2,
    sum: async (values) => values.reduce((sum, value) => sum + value, 0),
  });
`;

/** Why threads of the test were lost. */
let lost: string[];
beforeEach(() => {
  lost = [];
});

const start = async (code = SCRIPT): Promise<WorkerCalls<Methods>> => {
  const script = join(await temporaryFolder(), 'thread.mjs');
  await writeFile(script, code);
  const module = await built<WorkerCallsModule>(PATH);
  const calls = new module.WorkerCalls<Methods>(pathToFileURL(script), {
    workerData: 'mine',
    onLost: (error) => lost.push(error.message),
  });
  onTestFinished(() => calls.close());
  return calls;
};

it('each call gets its own answer, whichever is done first', async () => {
  const calls = await start();
  const held = calls.call('hold', undefined);
  expect(await Promise.all([1, 2, 3].map((n) => calls.call('double', n)))).toEqual([2, 4, 6]);
  await calls.call('release', undefined);
  expect(await held).toBe('released');
});

it('the thread has what it was made with', async () => {
  expect(await (await start()).call('whose', undefined)).toBe('mine');
});

it('typed arrays are copied', async () => {
  const calls = await start();
  const numbers = Float64Array.of(1, 2, 3);
  expect(await calls.call('sum', numbers)).toBe(6);
  expect(numbers).toHaveLength(3);
});

it('a call that fails says why, and others go on', async () => {
  const calls = await start();
  const [failed, done] = await Promise.allSettled([
    calls.call('fail', undefined),
    calls.call('double', 4),
  ]);
  expect(failed).toMatchObject({ reason: new TypeError('as asked') });
  expect(done).toMatchObject({ value: 8 });
});

it.each([
  ['die', 'a worker thread ended: 3'],
  ['crash', 'out of turn'],
] as const)(
  'a thread lost to a %s fails its calls, and the next one has a new thread',
  async (how, why) => {
    const calls = await start();
    const outcomes = await Promise.allSettled([
      calls.call('hold', undefined),
      calls.call(how, undefined),
    ]);
    for (const one of outcomes) {
      expect(one).toMatchObject({ reason: { name: 'WorkerLostError', message: why } });
    }
    expect(lost).toEqual([why]);
    expect(await calls.call('double', 5)).toBe(10);
  },
);

it('what changes nothing is done once more when its thread was lost, and not a third time', async () => {
  const calls = await start();
  const held = calls.read('hold', undefined);
  await expect(calls.call('die', undefined)).rejects.toThrow('ended: 3');
  await calls.call('release', undefined);
  expect(await held).toBe('released');
  await expect(calls.read('die', undefined)).rejects.toThrow('ended: 3');
  expect(lost).toHaveLength(3);
});

it('threads that die one after another are made anew after a while that grows', async () => {
  const calls = await start();
  const waitsMs: number[] = [];
  for (let i = 0; i < 4; i++) {
    await expect(calls.call('die', undefined)).rejects.toThrow('ended: 3');
    const startMs = performance.now();
    expect(await calls.call('double', i)).toBe(2 * i);
    waitsMs.push(performance.now() - startMs);
  }
  // The first at once, then after 100, 200 and 400 ms.
  expect(waitsMs[0]).toBeLessThan(waitsMs[3] as number);
  for (const [i, atLeastMs] of [0, 95, 195, 395].entries()) {
    expect(waitsMs[i]).toBeGreaterThan(atLeastMs);
  }
  expect(lost).toHaveLength(4);
});

it('what is under way when it is closed is not left without an answer', async () => {
  const calls = await start();
  const held = expect(calls.call('hold', undefined)).rejects.toThrow('a worker thread ended');
  await calls.close();
  await held;
  expect(lost).toEqual([]);
  await expect(calls.call('double', 1)).rejects.toThrow('was closed');
});

it('can be closed without ever having begun', async () => {
  await (await start()).close();
});

/** Ends threads that do nothing but set up zlib streams, each after some milliseconds. */
const ENDING = (script: string) => `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { WorkerCalls } from ${JSON.stringify(builtUrl(PATH))};
  for (let i = 0; i < 40; i++) {
    const calls = new WorkerCalls(new URL(${JSON.stringify(script)}));
    await calls.call('begin', undefined);
    await sleep(i % 8);
    await calls.close();
  }
  console.log('alive');`;

const SETTING_UP_ZLIB = `
  import { createDeflate } from 'node:zlib';
  import { answerCalls } from ${JSON.stringify(builtUrl(PATH))};
  const go = () => {
    for (let i = 0; i < 20; i++) createDeflate().close();
    setImmediate(go);
  };
  answerCalls({ begin: async () => void setImmediate(go) });`;

it('a thread that is ended while it sets up zlib streams does not take the process with it', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'thread.mjs'), SETTING_UP_ZLIB);
  const main = ENDING(pathToFileURL(join(folder, 'thread.mjs')).href);
  await writeFile(join(folder, 'main.mjs'), main);
  const { stdout, status } = spawnSync(process.execPath, [join(folder, 'main.mjs')]);
  expect([String(stdout), status]).toEqual(['alive\n', 0]);
});

it('a thread that does not listen is ended by force', async () => {
  const calls = await start();
  const spinning = expect(calls.call('spin', undefined)).rejects.toThrow(
    'a worker thread ended: 1',
  );
  await calls.close();
  await spinning;
});

/** As one that loads native modules on a busy machine. */
const SLOW = `import { setTimeout as sleep } from 'node:timers/promises'; await sleep(4_000);${SCRIPT}`;

it.each([0, 500])(
  'a thread that still loads is not waited for: %d ms after its start',
  async (ms) => {
    const calls = await start(SLOW);
    calls.start();
    await sleep(ms);
    const startMs = performance.now();
    await calls.close();
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(lost).toEqual([]);
  },
);

it('one that still loads and has been asked for something is not ended by force', async () => {
  const calls = await start(SLOW.replace('4_000', '500'));
  const ended = expect(calls.call('hold', undefined)).rejects.toThrow('a worker thread ended: 0');
  await calls.close();
  await ended;
});
