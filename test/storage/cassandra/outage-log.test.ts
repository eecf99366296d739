import { errors, types } from 'cassandra-driver';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { OutageLog } from '../../../src/storage/cassandra/outage-log.ts';
import { recordingObserver } from '../../support/store.ts';

const { responseErrorCodes: codes } = types;
const USER = 'user-4711';

const timeout = () =>
  Object.assign(new errors.ResponseError(codes.writeTimeout, `row of ${USER}`), {
    ...{ coordinator: '10.0.0.1:9042', received: 1, blockFor: 2, query: 'INSERT' },
  });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
});

const logged = () => {
  const { observer, events } = recordingObserver();
  const log = new OutageLog(observer);
  const lines = () =>
    events.failed.splice(0).map(({ what, error }) => `${what}: ${(error as Error).message}`);
  return { log, lines };
};

const SAID = 'Cassandra did not do what it was asked for';

test('a failure is told at once, and while it goes on once a second with how many there were', () => {
  const { log, lines } = logged();
  log.failed(timeout());
  const cause = 'writeTimeout, from 10.0.0.1:9042, 1 of 2 replicas answered';
  expect(lines()).toEqual([`${SAID}: writeTimeout: ${cause}`]);
  for (let count = 0; count < 500; count++) log.failed(timeout());
  expect(lines()).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(lines()).toEqual([`${SAID}: writeTimeout, 500 times within a second: ${cause}`]);
  vi.advanceTimersByTime(60_000);
  expect(lines()).toEqual([]);
  log.failed(timeout());
  expect(lines()).toHaveLength(1);
});

test('each kind has lines of its own', () => {
  const { log, lines } = logged();
  log.failed(timeout());
  log.failed(new errors.OperationTimedOutError('x', '10.0.0.2:9042'));
  log.failed(new errors.BusyConnectionError('10.0.0.2:9042', 1, 1));
  const unavailable = new errors.ResponseError(codes.unavailableException, 'x');
  log.failed(Object.assign(unavailable, { required: 2, alive: 1 }));
  expect(lines()).toEqual([
    expect.stringContaining('writeTimeout'),
    `${SAID}: OperationTimedOutError: no answer in time from 10.0.0.2:9042`,
    `${SAID}: BusyConnectionError: BusyConnectionError`,
    `${SAID}: unavailableException: unavailableException, 1 of 2 replicas are up`,
  ]);
});

test('of no node it is told how each failed', () => {
  const { log, lines } = logged();
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const inner = { '10.0.0.1:9042': timeout(), '10.0.0.2:9042': refused };
  log.failed(new errors.NoHostAvailableError(inner));
  log.failed(new errors.NoHostAvailableError({}));
  log.close();
  const [first, second] = lines();
  expect(first).toContain('10.0.0.1:9042 writeTimeout, ');
  expect(first).toContain('10.0.0.2:9042 ECONNREFUSED');
  expect(second).toContain('no node is known to be up');
});

test('nothing of what a node says in words is told, which may name users', () => {
  const { log, lines } = logged();
  const words = new errors.ResponseError(codes.serverError, `cannot store ${USER}`);
  log.failed(words);
  log.failed(new errors.NoHostAvailableError({ '10.0.0.1:9042': words }));
  log.failed(new errors.OperationTimedOutError(USER));
  expect(lines().join()).not.toContain(USER);
});

test('what was not told yet is told at the end', () => {
  const { log, lines } = logged();
  for (let count = 0; count < 3; count++) log.failed(timeout());
  lines();
  log.close();
  expect(lines()).toEqual([expect.stringContaining('2 times')]);
  expect(vi.getTimerCount()).toBe(0);
});
