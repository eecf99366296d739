import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createAuditObserver } from '../../src/metrics/audit-metrics.ts';

test('lines by what they tell of, those that are missing, and when that begins and ends', async () => {
  const registry = new Registry();
  const logged: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line) => logged.push(JSON.parse(line)) });
  const observer = createAuditObserver(registry, log);
  const samples = async () =>
    (await registry.metrics()).split('\n').filter((line) => /^\w/.test(line));
  const actions = ['read', 'stream', 'export', 'erase'];
  const none = actions.map((action) => `heart_rate_audit_records_total{action="${action}"} 0`);
  expect(await samples()).toEqual([...none, 'heart_rate_audit_failures_total 0']);

  observer.recorded('erase');
  observer.recorded('erase');
  observer.interrupted(new Error('ENOSPC'));
  observer.failed();
  observer.failed();
  observer.failed();
  observer.resumed();
  expect(await samples()).toContain('heart_rate_audit_records_total{action="erase"} 2');
  expect(await samples()).toContain('heart_rate_audit_failures_total 3');
  // One line at the beginning, however long it lasts, and one at the end.
  expect(logged.map(({ level, msg }) => [level, msg])).toEqual([
    [50, 'the audit log cannot be written'],
    [30, 'the audit log can be written again'],
  ]);
});
