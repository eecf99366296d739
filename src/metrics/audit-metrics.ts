import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { AuditObserver } from '../audit/audit-log.ts';
import { ACTIONS } from '../audit/audits.ts';

/** Counts the lines of the audit log and those that it lacks, and logs when it fails. */
export const createAuditObserver = (registry: Registry, log: Logger): AuditObserver => {
  const records = new Counter({
    name: 'heart_rate_audit_records_total',
    help: 'Lines that were written into the audit log, by what they tell of.',
    labelNames: ['action'],
    registers: [registry],
  });
  for (const action of ACTIONS) records.inc({ action }, 0);
  const failures = new Counter({
    name: 'heart_rate_audit_failures_total',
    help: 'Lines that could not be written into the audit log.',
    registers: [registry],
  });
  return {
    recorded: (action) => records.inc({ action }),
    failed: () => failures.inc(),
    interrupted: (error) => log.error({ err: error }, 'the audit log cannot be written'),
    resumed: () => log.info('the audit log can be written again'),
  };
};
