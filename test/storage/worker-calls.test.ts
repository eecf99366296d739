import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { WorkerCalls } from '../../src/storage/worker-calls.ts';
import { built, builtUrl } from '../support/built.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type WorkerCallsModule = typeof import('../../src/storage/worker-calls.ts');
const PATH = 'storage/worker-calls.ts';

/** A number is given back twice as large, an array summed; a text says what else is to be done. */
const SCRIPT = `
  import { workerData } from 'node:worker_threads';
  import { answerCalls } from ${JSON.stringify(builtUrl(PATH))};
  let release;
  answerCalls(async (request) => {
    if (request === 'whose') return workerData;
    if (request === 'hold') return new Promise((resolve) => { release = resolve; });
    if (request === 'release') return release('released');
    if (request === 'fail') throw new TypeError('as asked');
    if (request === 'die') process.exit(3);
    if (request === 'crash') return new Promise(() => setImmediate(() => { throw new Error('out of turn'); }));
    if (typeof request === 'number') return request * 2;
    return request.reduce((sum, value) => sum + value, 0);
  });
`;

const start = async (): Promise<WorkerCalls<unknown, unknown>> => {
  const script = join(await temporaryFolder(), 'thread.mjs');
  await writeFile(script, SCRIPT);
  const module = await built<WorkerCallsModule>(PATH);
  const calls = new module.WorkerCalls<unknown, unknown>(pathToFileURL(script), 'mine');
  onTestFinished(() => calls.close());
  return calls;
};

it('each call gets its own answer, whichever is done first', async () => {
  const calls = await start();
  const held = calls.call('hold');
  expect(await Promise.all([1, 2, 3].map((n) => calls.call(n)))).toEqual([2, 4, 6]);
  await calls.call('release');
  expect(await held).toBe('released');
});

it('the thread has what it was made with', async () => {
  expect(await (await start()).call('whose')).toBe('mine');
});

it('buffers that are moved are there, and here no more', async () => {
  const calls = await start();
  const numbers = Float64Array.of(1, 2, 3);
  expect(await calls.call(numbers, [numbers.buffer])).toBe(6);
  expect(numbers).toHaveLength(0);
});

it('a call that fails says why, and others go on', async () => {
  const calls = await start();
  const [failed, done] = await Promise.allSettled([calls.call('fail'), calls.call(4)]);
  expect(failed).toMatchObject({ reason: new TypeError('as asked') });
  expect(done).toMatchObject({ value: 8 });
});

it.each([
  ['die', 'a worker thread ended: 3'],
  ['crash', 'out of turn'],
])('a thread lost to a %s fails its calls, and the next one has a new thread', async (how, why) => {
  const calls = await start();
  const lost = await Promise.allSettled([calls.call('hold'), calls.call(how)]);
  for (const one of lost) expect(one).toMatchObject({ reason: { message: why } });
  expect(await calls.call(5)).toBe(10);
});

it('what is under way when it is closed is not left without an answer', async () => {
  const calls = await start();
  const held = expect(calls.call('hold')).rejects.toThrow('a worker thread ended');
  await calls.close();
  await held;
  await expect(calls.call(1)).rejects.toThrow('was closed');
});

it('can be closed without ever having begun', async () => {
  await (await start()).close();
});
