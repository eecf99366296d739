import { expect, onTestFinished, test, vi } from 'vitest';
import type { EpochDay } from '../../../src/readings/reading.ts';
import { ExpiredDays } from '../../../src/storage/cassandra/expired-days.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';
import { recordingObserver, until } from '../../support/store.ts';

const LAST = 10 as EpochDay;

/** A user has days from 8 on. */
const opened = () => {
  const statements = {
    days: vi.fn(async (_userId: string, first: EpochDay, last: EpochDay) =>
      ([8, 10, 11] as EpochDay[]).filter((day) => first <= day && day <= last),
    ),
    expireDay: vi.fn(async (_userId: string, _day: EpochDay, _stamp: Stamp) => undefined),
  };
  const check = vi.fn((): void => undefined);
  const { observer, events } = recordingObserver();
  const expiry = { lastOver: () => LAST };
  const expired = new ExpiredDays({ statements, expiry, check, observer, intervalMs: 5 });
  onTestFinished(() => expired.close());
  return { expired, statements, check, events };
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 30));

test('days that are over go when their user is seen, and nobody is looked at twice', async () => {
  const { expired, statements } = opened();
  const beganMs = Date.now();
  expired.saw('ann');
  expired.saw('ann');
  await until('both have gone', () => statements.expireDay.mock.calls.length === 2);
  expect(statements.expireDay.mock.calls.map(([userId, day]) => `${userId} ${day}`)).toEqual([
    'ann 8',
    'ann 10',
  ]);
  // All that is there is older.
  expect(statements.expireDay.mock.calls[0]?.[2]).toBeGreaterThanOrEqual(beganMs * 1000);
  expired.saw('ann');
  await pause();
  expect(statements.days).toHaveBeenCalledTimes(1);
});

test('nobody is looked at where all is kept', async () => {
  const statements = { days: vi.fn(), expireDay: vi.fn() };
  const { observer } = recordingObserver();
  const expiry = { lastOver: () => undefined };
  const check = () => undefined;
  const expired = new ExpiredDays({ statements, expiry, check, observer, intervalMs: 5 });
  onTestFinished(() => expired.close());
  expired.saw('ann');
  await pause();
  expect(statements.days).not.toHaveBeenCalled();
});

test('a clock that is not to be trusted removes nothing, and the user is seen again', async () => {
  const { expired, statements, check, events } = opened();
  check.mockImplementationOnce(() => {
    throw new StoreUnavailableError('the clock', 1);
  });
  expired.saw('ann');
  await until('it is told', () => events.failed.length === 1);
  expect(events.failed).toMatchObject([{ what: 'days that are over could not be removed' }]);
  expect(statements.expireDay).not.toHaveBeenCalled();
  expired.saw('ann');
  await until('they have gone', () => statements.expireDay.mock.calls.length === 2);
});

test('one that is closed removes no other day', async () => {
  const { expired, statements } = opened();
  statements.days.mockImplementationOnce(async () => {
    void expired.close();
    return [8 as EpochDay];
  });
  expired.saw('ann');
  await until('it has looked', () => statements.days.mock.calls.length === 1);
  await pause();
  expect(statements.expireDay).not.toHaveBeenCalled();
});
