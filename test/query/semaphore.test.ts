import { expect, it } from 'vitest';
import { Semaphore } from '../../src/query/semaphore.ts';

/** Lets everything that can go on without an outer event do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Tasks that end when they are told to, and the order in which they began. */
const tasksOn = (semaphore: Semaphore) => {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const start = (name: string): Promise<string> =>
    semaphore.run(() => {
      begun.push(name);
      return new Promise((resolve, reject) => {
        ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)));
      });
    });
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)?.(error);
    await settled();
  };
  return { begun, start, end };
};

it('runs as many as there are slots, and the rest in the order they came', async () => {
  const { begun, start, end } = tasksOn(new Semaphore(2));
  const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map(start));
  await settled();
  expect(begun).toEqual(['a', 'b']);
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  await end('a');
  await end('c');
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  await end('e');
  await end('d');
  expect(await all).toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('nobody who comes later overtakes one who waits', async () => {
  const { begun, start, end } = tasksOn(new Semaphore(1));
  const waiting = [start('a'), start('b')];
  const endingA = end('a');
  waiting.push(start('c'));
  await endingA;
  expect(begun).toEqual(['a', 'b']);
  await end('b');
  await end('c');
  await Promise.all(waiting);
});

it('a task that fails, also at once, passes the failure on and its slot as well', async () => {
  const semaphore = new Semaphore(1);
  const { begun, start, end } = tasksOn(semaphore);
  const failing = expect(start('a')).rejects.toThrow('broken');
  const atOnce = expect(
    semaphore.run(() => {
      throw new Error('at once');
    }),
  ).rejects.toThrow('at once');
  const last = start('c');
  await end('a', new Error('broken'));
  await Promise.all([failing, atOnce]);
  expect(begun).toEqual(['a', 'c']);
  await end('c');
  expect(await last).toBe('c');
});

it('gives back what it lent: a slot that was used is free again', async () => {
  const semaphore = new Semaphore(1);
  for (const name of ['a', 'b']) expect(await semaphore.run(async () => name)).toBe(name);
});
