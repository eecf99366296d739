import { expect, test } from 'vitest';
import { OpeningStore } from '../src/opening-store.ts';
import type { EpochDay, EpochMicros } from '../src/readings/reading.ts';
import { ReadingBatch } from '../src/readings/reading-batch.ts';
import { type ReadingStore, StoreUnavailableError } from '../src/storage/reading-store.ts';
import { WELL } from './support/health.ts';

const RANGE = { startMicros: 0 as EpochMicros, endMicros: 1 as EpochMicros };
const SCAN = { userId: 'u', range: RANGE };

/** A store that writes down what it is asked. */
const recordingStore = () => {
  const calls: string[] = [];
  const store: ReadingStore = {
    append: async ({ size }) => void calls.push(`append ${size}`),
    checkDay: async (day) => calls.push(`check ${day}`) > 0,
    erase: async ({ userId }) => calls.push(`erase ${userId}`),
    async *scan({ userId }) {
      calls.push(`scan ${userId}`);
      yield* [];
    },
    async *scanBackwards({ userId }) {
      calls.push(`backwards ${userId}`);
      yield* [];
    },
    intakeDay: () => 19_737 as EpochDay,
    health: () => ({ ...WELL, unflushedReadings: 5, segments: 2, parts: 3 }),
    close: async () => void calls.push('close'),
  };
  return { store, calls };
};

test('until it is open it takes and finds nothing, and says so', async () => {
  const opening = new OpeningStore(() => new Promise(() => {}));
  void opening.open();
  expect(opening.health()).toMatchObject({
    state: 'unavailable',
    reasons: ['The storage is being opened.'],
  });
  const unavailable = expect.objectContaining({ name: 'StoreUnavailableError' });
  await expect(opening.append(new ReadingBatch())).rejects.toEqual(unavailable);
  await expect(opening.checkDay(7 as EpochDay)).rejects.toEqual(unavailable);
  await expect(opening.erase({ userId: 'u' })).rejects.toEqual(unavailable);
  expect(opening.intakeDay()).toBeUndefined();
  expect(() => opening.scan(SCAN)).toThrow(StoreUnavailableError);
  expect(() => opening.scanBackwards(SCAN)).toThrow(StoreUnavailableError);
});

test('when it is open it is the store', async () => {
  const { store, calls } = recordingStore();
  const opening = new OpeningStore(async () => store);
  await opening.open();
  expect(opening.health()).toEqual(store.health());
  expect(opening.intakeDay()).toBe(19_737);
  await opening.append(new ReadingBatch());
  await opening.checkDay(7 as EpochDay);
  await opening.erase({ userId: 'u' });
  for await (const _day of opening.scan(SCAN));
  for await (const _day of opening.scanBackwards(SCAN));
  expect(calls).toEqual(['append 0', 'check 7', 'erase u', 'scan u', 'backwards u']);
});

test('when it is to close it is not ready, but serves what is under way', async () => {
  const { store, calls } = recordingStore();
  const opening = new OpeningStore(async () => store);
  await opening.open();
  opening.announceClosing();
  expect(opening.health()).toMatchObject({
    state: 'unavailable',
    reasons: ['The service is stopping.'],
    unflushedReadings: 5,
  });
  await opening.append(new ReadingBatch());
  await opening.close();
  expect(calls).toEqual(['append 0', 'close']);
});

test('closed while it opens, it closes what it opened', async () => {
  const { store, calls } = recordingStore();
  const opening = new OpeningStore(async () => store);
  const opened = opening.open();
  await opening.close();
  await opened;
  expect(calls).toEqual(['close']);
  expect(opening.health().state).toBe('unavailable');
});

test('closed before it was opened, there is nothing to close', async () => {
  const { store, calls } = recordingStore();
  await new OpeningStore(async () => store).close();
  expect(calls).toEqual([]);
});

test('that it cannot be opened is told to who opened it', async () => {
  const opening = new OpeningStore(async () => {
    throw new Error('the folder is not writable');
  });
  await expect(opening.open()).rejects.toThrow('the folder is not writable');
});

test('closed while it opens, it tells whoever opens it to end, and that is no failure', async () => {
  const opening = new OpeningStore(
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  const opened = opening.open();
  await opening.close();
  await expect(opened).rejects.toThrow('aborted');
});

test('closed while it fails to open, it tells that too', async () => {
  const opening = new OpeningStore(async () => {
    throw new Error('the folder is not writable');
  });
  await expect(opening.open()).rejects.toThrow();
  await expect(opening.close()).rejects.toThrow('the folder is not writable');
});
