import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditEvent } from '../../src/audit/audit-event.ts';
import {
  AuditFileError,
  AuditLog,
  type AuditObserver,
  AuditUnavailableError,
} from '../../src/audit/audit-log.ts';
import { IGNORED, linesOf, openTestAudit } from '../support/audit.ts';
import { until } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const EVENT: AuditEvent = {
  event: 'answered',
  action: 'read',
  operation: 'queryHeartRate',
  key: null,
  client: '127.0.0.1',
  request_id: 'r1',
  user_id: 'ann\n"',
  status: 200,
};

const opened = async (observer = IGNORED) => {
  const audit = await openTestAudit({}, observer);
  onTestFinished(() => audit.close());
  return audit;
};

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('an event is a line with its time, there at once', async () => {
  const { path, log } = await opened();
  log.record(EVENT);
  expect(await linesOf(path)).toEqual([{ time: expect.stringMatching(INSTANT), ...EVENT }]);
  await log.recordDurably({ ...EVENT, action: 'erase' });
  expect((await linesOf(path)).map(({ action }) => action)).toEqual(['read', 'erase']);
});

const counting = () => {
  const told: string[] = [];
  const observer: AuditObserver = {
    recorded: (action) => told.push(action),
    failed: () => told.push('failed'),
    interrupted: () => told.push('interrupted'),
    resumed: () => told.push('resumed'),
  };
  return { told, observer };
};

test('when it cannot be written it takes nothing, until it has written that', async () => {
  const { told, observer } = counting();
  const { path, log } = await opened(observer);
  log.record(EVENT);
  // At once: the log looks for its file meanwhile.
  rmSync(path);
  mkdirSync(path);
  await until('it is found out', () => log.problem !== undefined);
  expect(() => log.record(EVENT)).toThrow(AuditUnavailableError);
  await expect(log.recordDurably(EVENT)).rejects.toThrow(AuditUnavailableError);
  expect(log.problem).toBe('The audit log cannot be written: EISDIR.');
  await sleep(100);
  expect(log.problem).toBeDefined();
  expect(told).toEqual(['read', 'interrupted', 'failed', 'failed', 'failed']);

  await rm(path, { recursive: true });
  await until('it resumes', () => log.problem === undefined);
  expect(told.at(-1)).toBe('resumed');
  log.record(EVENT);
  const [gap, event] = await linesOf(path);
  expect(gap).toEqual({
    time: expect.stringMatching(INSTANT),
    event: 'resumed',
    since: expect.stringMatching(INSTANT),
    lines: 3,
  });
  expect(event).toMatchObject(EVENT);
});

test('a durable line is never written into a file that somebody has removed', async () => {
  const { path, log } = await opened();
  await rm(path);
  await log.recordDurably(EVENT);
  expect(await linesOf(path)).toHaveLength(1);
});

test('it is closed when all that is awaited has been recorded', async () => {
  const { path, log } = await opened();
  log.stayOpenUntil(sleep(100).then(() => log.record(EVENT)));
  await log.close();
  expect(await linesOf(path)).toHaveLength(1);
});

test('a file that cannot be used is told of before anything is', async () => {
  const path = await temporaryFolder();
  const options = { path, maxBytes: 1_000, maxFullFiles: 1 };
  expect(() => new AuditLog(options, IGNORED)).toThrow(AuditFileError);
  expect(() => new AuditLog(options, IGNORED)).toThrow(/^AUDIT_FILE cannot be used: EISDIR/);
  const nowhere = { ...options, path: `${path}/none/audit.jsonl` };
  expect(() => new AuditLog(nowhere, IGNORED)).toThrow(/^AUDIT_FILE cannot be used: ENOENT/);
});
