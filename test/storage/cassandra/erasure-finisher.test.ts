import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { EpochDay } from '../../../src/readings/reading.ts';
import { ErasureFinisher } from '../../../src/storage/cassandra/erasure-finisher.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import type { Statements, UnfinishedErasure } from '../../../src/storage/cassandra/statements.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';
import { recordingObserver } from '../../support/store.ts';

const NOW_MS = 1.7e12;
const UNTRUSTED_MS = 700_000;
const [FIRST, SECOND, THIRD] = [3, 4, 9] as EpochDay[] as [EpochDay, EpochDay, EpochDay];
const stampOf = (ms: number) => (ms * 1000) as Stamp;

const note = (userId: string, seq: Stamp, ...days: EpochDay[]): UnfinishedErasure => ({
  ...{ userId, days, seq, writer: 'w' },
});

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS, toFake: ['Date', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** Of a cluster with these unfinished erasures, where users have these days, with and without chunks. */
const finisherOf = (
  notes: readonly UnfinishedErasure[],
  days: Readonly<Record<string, Readonly<Record<number, 'chunks' | 'empty'>>>>,
) => {
  const left = new Set(notes);
  const statements = {
    async *unfinishedErasures(
      bucket: number,
      after: Stamp,
      until: Stamp,
    ): AsyncGenerator<UnfinishedErasure> {
      for (const one of bucket === 5 ? left : []) {
        if (one.seq > after && one.seq <= until) yield one;
      }
    },
    days: vi.fn(async (userId: string, first: EpochDay, last: EpochDay) =>
      Object.keys(days[userId] ?? {})
        .map((day) => Number(day) as EpochDay)
        .filter((day) => day >= first && day <= last),
    ),
    hasChunks: vi.fn(async (userId: string, day: EpochDay) => days[userId]?.[day] === 'chunks'),
    deleteDay: vi.fn(async (..._: Parameters<Statements['deleteDay']>) => undefined),
    deleteUnfinishedErasure: vi.fn(async (one: UnfinishedErasure) => void left.delete(one)),
  };
  const check = vi.fn();
  const { observer, events } = recordingObserver();
  const finisher = new ErasureFinisher({
    ...{ statements, check, observer, untrustedMs: UNTRUSTED_MS, intervalMs: 60_000 },
  });
  onTestFinished(() => finisher.close());
  return { finisher, statements, check, events, left };
};

test('days without chunks go, up to the stamp of the erasure; those that came back stay', async () => {
  const seq = stampOf(NOW_MS - UNTRUSTED_MS);
  const erasure = note('ann', seq, FIRST, SECOND);
  // The third the erasure did not find: what is moved there is not void.
  const days = { ann: { [FIRST]: 'empty', [SECOND]: 'chunks', [THIRD]: 'empty' } } as const;
  const { finisher, statements, left } = finisherOf([erasure], days);
  await finisher.finish();
  expect(statements.deleteDay.mock.calls).toEqual([['ann', FIRST, seq]]);
  expect(left.size).toBe(0);
});

test('an erasure whose days somebody may still trust is left alone', async () => {
  const erasure = note('ann', stampOf(NOW_MS - UNTRUSTED_MS + 1), FIRST);
  const { finisher, statements, left } = finisherOf([erasure], { ann: { [FIRST]: 'empty' } });
  await finisher.finish();
  expect(statements.deleteDay).not.toHaveBeenCalled();
  vi.setSystemTime(NOW_MS + 1);
  await finisher.finish();
  expect(statements.deleteDay).toHaveBeenCalledTimes(1);
  expect(left.size).toBe(0);
});

test('a clock that is not to be trusted finishes nothing', async () => {
  const erasure = note('ann', stampOf(NOW_MS - 2 * UNTRUSTED_MS), FIRST);
  const { finisher, statements, check } = finisherOf([erasure], { ann: { [FIRST]: 'empty' } });
  check.mockImplementation(() => {
    throw new StoreUnavailableError('The clock is off.', 5);
  });
  await expect(finisher.finish()).rejects.toThrow('clock');
  expect(statements.days).not.toHaveBeenCalled();
});

test('one that cannot be finished is told of and tried again, and holds up no other', async () => {
  const seqs = [3, 2].map((times) => stampOf(NOW_MS - times * UNTRUSTED_MS)) as [Stamp, Stamp];
  const both = [note('ann', seqs[0], FIRST), note('ben', seqs[1], FIRST)];
  const { statements, events, left } = finisherOf(both, {
    ann: { [FIRST]: 'empty' },
    ben: { [FIRST]: 'empty' },
  });
  const error = new Error('no quorum');
  statements.days.mockRejectedValueOnce(error);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events.failed).toEqual([{ what: 'an erasure could not be finished', error }]);
  expect([...left].map(({ userId }) => userId)).toEqual(['ann']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(statements.deleteDay.mock.calls).toEqual([
    ['ben', FIRST, seqs[1]],
    ['ann', FIRST, seqs[0]],
  ]);
  expect(left.size).toBe(0);
});

test('what is finished is not looked through again', async () => {
  const { finisher, statements } = finisherOf([], {});
  const asked = vi.spyOn(statements, 'unfinishedErasures');
  await finisher.finish();
  vi.setSystemTime(NOW_MS + 60_000);
  asked.mockClear();
  await finisher.finish();
  const until = NOW_MS - UNTRUSTED_MS;
  expect(asked.mock.calls[0]).toEqual([0, stampOf(until), stampOf(until + 60_000)]);
});

test('one that is closed goes on with no other', async () => {
  const seq = stampOf(NOW_MS - 2 * UNTRUSTED_MS);
  const { finisher, statements, left } = finisherOf(
    [note('ann', seq, FIRST), note('ben', (seq + 1) as Stamp, FIRST)],
    {},
  );
  statements.days.mockImplementationOnce(async () => {
    void finisher.close();
    return [];
  });
  await finisher.finish();
  expect([...left].map(({ userId }) => userId)).toEqual(['ben']);
});
