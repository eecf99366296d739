import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { releaseFrames } from '../../src/storage/native-memory.ts';

const MB = 1e6;

it('garbage is collected after every so many bytes of frames', async () => {
  const garbage = new WeakRef({});
  // What a weak reference was made to or asked for stays until the task has ended.
  await setImmediate();
  for (let i = 0; i < 5; i++) releaseFrames(10 * MB);
  expect(garbage.deref()).toBeUndefined();
});

it('and not for each of them', async () => {
  for (let i = 0; i < 5; i++) releaseFrames(10 * MB);
  const young = new WeakRef({});
  await setImmediate();
  for (let i = 0; i < 3; i++) releaseFrames(10 * MB);
  expect(young.deref()).toBeDefined();
});
