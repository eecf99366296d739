import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Another process has the data folder; `pid` is undefined when it did not say in time. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
  readonly pid: number | undefined;
  constructor(folder: string, pid: number | undefined) {
    super(`${folder} is in use by another process${pid === undefined ? '' : ` (pid ${pid})`}`);
    this.pid = pid;
  }
}

/** Given up by {@link FolderLock.release}, or by the kernel when the process ends in any way. */
export interface FolderLock {
  release(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 1000;

/**
 * Makes this process the one owner of a folder.
 *
 * The lock is a listening local socket named after the folder's real path, and it tells who asks
 * the owner's pid. The kernel frees the name with the process, so a dead owner leaves nothing to
 * clear: on Linux the name is an abstract one, on Windows a pipe; elsewhere it is a file, and one
 * that nobody listens on is taken over. It does not reach across network namespaces: containers
 * that share a volume must be kept apart by what starts them.
 */
export const lockFolder = async (folder: string): Promise<FolderLock> => {
  const address = await addressOf(folder);
  const server = await listen(address);
  if (server !== undefined) return lockOf(server);
  const owner = await askOwner(address);
  const isLeftover = owner === 'nobody' && process.platform === 'darwin';
  if (isLeftover) await rm(address, { force: true });
  const second = owner === 'nobody' ? await listen(address) : undefined;
  if (second !== undefined) return lockOf(second);
  throw new FolderInUseError(folder, typeof owner === 'number' ? owner : undefined);
};

const addressOf = async (folder: string): Promise<string> => {
  const hash = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 32);
  const name = `heart-rate-metrics-${hash}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), name);
};

const lockOf = (server: Server): FolderLock => ({
  release: () => new Promise((resolve) => server.close(() => resolve())),
});

/** The server that now has the address, or undefined when another has it. */
const listen = (address: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // Whoever asked may be gone before it reads the answer.
      socket.on('error', () => socket.destroy());
      socket.end(String(process.pid));
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });

const askOwner = (address: string): Promise<number | 'nobody' | 'silent'> =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(address);
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => {
      resolve('silent');
      socket.destroy();
    });
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => resolve('nobody'));
    socket.on('end', () => resolve(answer === '' ? 'silent' : Number(answer)));
  });
