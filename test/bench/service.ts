import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

export interface BenchedService {
  readonly url: string;
  close(): Promise<void>;
}

/** The built service with its default settings, as a process of its own on an empty folder. */
export const startBenchedService = async (): Promise<BenchedService> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'heart-rate-bench-'));
  const env = { ...process.env, DATA_DIR: dataDir, PORT: '0' };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    exited.then(() => reject(new Error('the service ended')), reject);
    let listening = '';
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text) as { msg?: string; url?: string };
      if (line.msg === 'listening') listening = line.url ?? '';
      if (line.msg === 'ready') resolve(listening);
    });
  });
  return {
    url,
    close: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
