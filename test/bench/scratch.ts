import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();
const children = new Set<ChildProcess>();

/** An empty folder that is gone when this process ends, however it ends short of a SIGKILL. */
export const scratchFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'heart-rate-bench-'));
  folders.add(folder);
  return folder;
};

export const removeScratchFolder = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
};

/** Sees to it that a child process does not outlive this one. */
export const endWithUs = (child: ChildProcess): void => {
  children.add(child);
  child.once('exit', () => children.delete(child));
};

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) {
    // A child that is just being killed may write once more.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
});
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
