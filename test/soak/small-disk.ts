import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../src/thrown.ts';

const CHUNK = Buffer.alloc(1024 * 1024);

/**
 * A command to run a service with: it sees a disk of its own of so many bytes, in memory, at a
 * folder, which nobody else sees and which goes with it. Undefined where a process may not have that.
 */
export const onSmallDisk = (folder: string, bytes: number): readonly string[] | undefined => {
  const script = `mount -t tmpfs -o size=${bytes} tmpfs "$0" && exec "$@"`;
  const through = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, folder];
  const [command = '', ...args] = [...through, 'true'];
  return spawnSync(command, args).status === 0 ? through : undefined;
};

/** The disk that a process sees at a folder. */
export class SmallDisk {
  readonly #ballast: string;

  constructor(pid: number, folder: string) {
    this.#ballast = join(`/proc/${pid}/root`, folder, 'ballast');
  }

  /** Writes until nothing more fits. */
  async fill(): Promise<void> {
    for (;;) {
      try {
        await writeFile(this.#ballast, CHUNK, { flag: 'a' });
      } catch (error) {
        if (hasCode(error, 'ENOSPC')) return;
        throw error;
      }
    }
  }

  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }
}
