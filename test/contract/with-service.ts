import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const untilReady = async (url: string): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('The service did not become ready');
};

/**
 * Runs something beside the service as built, with an empty store, in a folder of its own. With
 * `keys`, the text of a key file, it asks for one of them.
 */
export const withService = async <T>(
  use: (url: string, folder: string) => T | Promise<T>,
  keys?: string,
): Promise<T> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'heart-rate-contract-'));
  const keyFile = join(folder, 'keys.json');
  if (keys !== undefined) await writeFile(keyFile, keys);
  const settings = {
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'error',
    ...(keys === undefined ? {} : { API_KEYS_FILE: keyFile }),
  };
  const service = spawn(process.execPath, ['dist/src/main.js'], {
    cwd: ROOT,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => service.once('exit', resolve));
  try {
    await untilReady(url);
    return await use(url, folder);
  } finally {
    service.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
};
