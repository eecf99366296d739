import { createHash, randomUUID } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, realpath, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { hasCode } from '../../../thrown.ts';
import { checkedBody, checkedLine } from './checked-line.ts';
import { type Introduction, introduce, parseIntroduction } from './introduction.ts';
import { lockFolderOf, ownerFile } from './layout.ts';
import { askLocally, closeServer, listenLocally } from './local-socket.ts';
import { type Claim, claimBySocket, type Rival } from './socket-claim.ts';

/** Another process has the data folder; `pid` and `host` are undefined when it did not say. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
  readonly pid: number | undefined;
  readonly host: string | undefined;
  constructor(folder: string, owner: Introduction | undefined) {
    const where = owner === undefined || owner.host === hostname() ? '' : ` on ${owner.host}`;
    const who = owner === undefined ? '' : ` (pid ${owner.pid}${where})`;
    super(`${folder} is in use by another process${who}`);
    this.pid = owner?.pid;
    this.host = owner?.host;
  }
}

/** Given up by {@link FolderLock.release}, or by the kernel when the process ends in any way. */
export interface FolderLock {
  /**
   * A sign that the folder is not this process's alone any more, in words; undefined when there is
   * none. Two processes on different machines that share the folder over a network do not find each
   * other's sockets, and then this is what they find instead.
   */
  lost(): Promise<string | undefined>;
  /**
   * Whether the file that names this owner is still in its place, which takes a microsecond to ask.
   * The next owner puts its own there before it reads anything, so what was durable in the folder
   * before this was asked, and found to be so, that one finds.
   */
  isHeld(): boolean;
  release(): Promise<void>;
}

/**
 * Makes this process the one owner of a folder. Rejects with {@link FolderInUseError} when it has
 * one. The owner listens at a local socket in the folder, see {@link claimBySocket}; on Windows,
 * which has none of those, at a named pipe.
 */
export const lockFolder = async (folder: string): Promise<FolderLock> => {
  await mkdir(lockFolderOf(folder), { recursive: true });
  const claim =
    process.platform === 'win32'
      ? await claimByPipe(folder)
      : await claimBySocket(lockFolderOf(folder));
  if (!('release' in claim)) throw new FolderInUseError(folder, claim.introduction);
  try {
    const { id, file } = await writeOwner(folder);
    return {
      release: async () => {
        await claim.release();
        await file?.close();
      },
      isHeld: () => file === undefined || fstatSync(file.fd).nlink > 0,
      lost: async () => {
        if (!(await claim.isVisible())) return `the lock of ${folder} was removed`;
        return foreignOwner(folder, id);
      },
    };
  } catch (error) {
    await claim.release();
    throw error;
  }
};

/** The kernel frees a pipe's name with the process; it tells who asks who has the folder. */
const claimByPipe = async (folder: string): Promise<Claim | Rival> => {
  const hash = createHash('sha256').update(await realpath(folder));
  const address = `\\\\.\\pipe\\heart-rate-metrics-${hash.digest('hex').slice(0, 32)}`;
  try {
    const server = await listenLocally(address, () => introduce(true));
    return { release: () => closeServer(server), isVisible: async () => true };
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE')) throw error;
    const answer = await askLocally(address);
    const introduction = answer.kind === 'answered' ? parseIntroduction(answer.text) : undefined;
    return { id: address, introduction };
  }
};

/**
 * Says in the folder whose it is, with the random id that tells this owner from all others. It is
 * not synced: no owner survives a power loss. The file stays open, to be asked whether it still has
 * its name; where that cannot be told, there is none.
 */
const writeOwner = async (
  folder: string,
): Promise<{ id: string; file: FileHandle | undefined }> => {
  const id = randomUUID();
  const body = JSON.stringify({ owner: id, pid: process.pid, host: hostname() }).slice(1);
  const path = ownerFile(folder);
  const file = await open(`${path}.tmp`, 'w');
  try {
    await file.writeFile(checkedLine(body));
    // Windows renames nothing over a file that is open, and some file systems count no links.
    const countsLinks = process.platform !== 'win32' && fstatSync(file.fd).nlink > 0;
    if (!countsLinks) await file.close();
    await rename(`${path}.tmp`, path);
    return { id, file: countsLinks ? file : undefined };
  } catch (error) {
    await file.close();
    throw error;
  }
};

const foreignOwner = async (folder: string, id: string): Promise<string | undefined> => {
  const path = ownerFile(folder);
  try {
    const body = checkedBody((await readFile(path)).subarray(0, -1));
    if (typeof body === 'string') return `${path} was changed: ${body}`;
    const { owner, pid, host }: { owner: string; pid: number; host: string } = JSON.parse(
      `{${body.toString()}`,
    );
    return owner === id ? undefined : `pid ${pid} on ${host} has taken ${folder} over`;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return `${path} was removed`;
    throw error;
  }
};
