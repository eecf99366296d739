import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog, type AuditObserver } from '../../src/audit/audit-log.ts';
import type { RotatedFileOptions } from '../../src/audit/rotated-file.ts';

export const IGNORED: AuditObserver = {
  recorded: () => undefined,
  failed: () => undefined,
  interrupted: () => undefined,
  resumed: () => undefined,
};

export type Line = Readonly<Record<string, unknown>>;

/** What stands in the files that are there, the oldest first, but for a line that was torn. */
export const linesOf = async (path: string, fullFiles = 0, torn = ''): Promise<Line[]> => {
  const names = Array.from({ length: fullFiles }, (_, index) => `${path}.${fullFiles - index}`);
  const texts = await Promise.all(
    [...names, path].map((name) => readFile(name, 'utf8').catch(() => '')),
  );
  return texts
    .flatMap((text) => text.split('\n').filter((line) => line !== '' && line !== torn))
    .map((line) => JSON.parse(line));
};

export type TestAudit = Awaited<ReturnType<typeof openTestAudit>>;

/** An audit log in a folder of its own; it tries again within some milliseconds. */
export const openTestAudit = async (
  options: Partial<RotatedFileOptions> = {},
  observer: AuditObserver = IGNORED,
) => {
  const folder = await mkdtemp(join(tmpdir(), 'heart-rate-audit-'));
  const path = join(folder, 'audit.jsonl');
  const file = { path, maxBytes: 1024 * 1024, maxFullFiles: 3, ...options };
  const log = new AuditLog(file, observer, 20);
  return {
    path,
    log,
    async close() {
      await log.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
