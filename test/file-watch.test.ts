import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FileWatch } from '../src/file-watch.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const TIMES = { intervalMs: 5, timeoutMs: 50 };

/** A file, and a `load` of it that takes as long as the test wants. */
const open = async () => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, '');
  const observer = { reloaded: vi.fn(), failed: vi.fn() };
  const load = vi.fn(async () => {});
  /** The next `load` waits for what this returns to be called. */
  const hold = () => {
    let release: () => void = () => {};
    load.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    );
    return () => release();
  };
  const start = async () => {
    const watch = await FileWatch.start([path], load, observer, TIMES);
    onTestFinished(() => watch.close());
    return watch;
  };
  return { path, observer, load, hold, start };
};

test('a file that cannot be read in time to begin with is told', async () => {
  const { path, hold, start } = await open();
  const release = hold();
  await expect(start()).rejects.toThrow(`${path} could not be read within 50 ms`);
  release();
});

test('one that does not answer later is told, waited for, and not asked a second time', async () => {
  const { path, observer, load, hold, start } = await open();
  const watch = await start();
  const firstMs = watch.loadedAtMs;
  expect(Date.now() - firstMs).toBeLessThan(10_000);
  const release = hold();
  await utimes(path, 1, 1);
  await vi.waitFor(() => expect(watch.problem).toBe(`${path} could not be read within 50 ms`));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(load).toHaveBeenCalledTimes(2);
  expect(observer.failed).toHaveBeenCalledTimes(1);
  expect([observer.reloaded.mock.calls.length, watch.loadedAtMs]).toEqual([0, firstMs]);
  release();
  await vi.waitFor(() => expect(watch.problem).toBeUndefined());
  expect(observer.reloaded).toHaveBeenCalledTimes(1);
  expect(watch.loadedAtMs).toBeGreaterThan(firstMs);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(load).toHaveBeenCalledTimes(2);
});
