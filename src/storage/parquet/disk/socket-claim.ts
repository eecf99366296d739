import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../../thrown.ts';
import { type Introduction, introduce, parseIntroduction } from './introduction.ts';
import { askLocally, closeServer, listenLocally } from './local-socket.ts';

/** Another process that has, or wants, a folder. */
export interface Rival {
  readonly id: string;
  /** Undefined when it does not say. */
  readonly introduction: Introduction | undefined;
}

/** What is held of a folder until it is let go of, or the process ends. */
export interface Claim {
  /** Whether others can still find out that the folder has an owner. */
  isVisible(): Promise<boolean>;
  release(): Promise<void>;
}

/** The longest path that `sockaddr_un` takes everywhere, with its last zero. */
const MAX_ADDRESS_BYTES = 103;
const LISTENING = '.sock';
/** Not listening yet, so nobody may take it for the socket of a dead process. */
const NEW = '.new';
const MAX_ATTEMPTS = 10;
/** For others to give up; anew whenever there are fewer than before: many on a busy machine take long. */
const PATIENCE_MS = 3000;
const POLL_MS = 20;

/** A folder of sockets, each called by the id of its process. */
class SocketFolder {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async open(path: string): Promise<SocketFolder> {
    return new SocketFolder(path, await open(path, 'r'));
  }

  pathOf(name: string): string {
    return join(this.path, name);
  }

  /** The kernel takes about a hundred bytes for an address, and folders may be deeper than that. */
  address(name: string): string {
    const byHandle = `/proc/self/fd/${this.#handle.fd}`;
    if (process.platform === 'linux' && existsSync(byHandle)) return join(byHandle, name);
    const path = this.pathOf(name);
    const fromHere = relative(process.cwd(), path);
    const address = fromHere.length < path.length ? fromHere : path;
    if (Buffer.byteLength(address) <= MAX_ADDRESS_BYTES) return address;
    throw new Error(
      `the path of ${this.path} is too long for a local socket in it; move the data folder up, ` +
        'or start the service from a folder near it',
    );
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** A process that listens in the folder, and is found there by all that come after it. */
interface Contender {
  readonly id: string;
  readonly server: Server;
}

/**
 * Makes this process the one that has a folder of sockets, or resolves with one that has it or is
 * first. Each process listens at a name of its own, and becomes the owner once it has seen that
 * nobody listens at any other.
 *
 * Why there is never a second: a name shows up by a rename, when its process listens already, so
 * who meets nobody at a name knows that its process is dead, and may remove it. Of two that live,
 * the one whose name showed up later finds the earlier one. Of two that are both undecided the one
 * with the smaller id stays, and waits for the other to be gone. All of that is in the folder
 * itself, so it holds for processes in other network namespaces and by other mount paths; and the
 * kernel ends the listening with the process, however it ends.
 */
export const claimBySocket = async (path: string): Promise<Claim | Rival> => {
  const folder = await SocketFolder.open(path);
  let isOwner = false;
  const { id, server } = await enter(folder, () => introduce(isOwner)).catch(
    async (error: unknown) => {
      await folder.close();
      throw error;
    },
  );
  const own = folder.pathOf(id + LISTENING);
  const release = async (): Promise<void> => {
    await closeServer(server);
    await rm(own, { force: true });
    await folder.close();
  };
  try {
    const rival = await strongestRival(folder, id);
    if (rival === undefined) {
      isOwner = true;
      await removeAbandoned(folder);
      return { release, isVisible: () => isThere(own) };
    }
    await release();
    return rival;
  } catch (error) {
    await release();
    throw error;
  }
};

const enter = async (folder: SocketFolder, answer: () => string): Promise<Contender> => {
  for (let attempt = 1; ; attempt++) {
    const id = randomUUID();
    const server = await listenIn(folder, id, answer);
    try {
      await rename(folder.pathOf(id + NEW), folder.pathOf(id + LISTENING));
      return { id, server };
    } catch (error) {
      await closeServer(server);
      // An owner took it for one that a dead process had left.
      if (!hasCode(error, 'ENOENT') || attempt === MAX_ATTEMPTS) throw error;
    }
  }
};

const listenIn = async (
  folder: SocketFolder,
  id: string,
  answer: () => string,
): Promise<Server> => {
  const address = folder.address(id + NEW);
  try {
    return await listenLocally(address, answer);
  } catch (error) {
    if (hasCode(error, 'ENOSPC') || hasCode(error, 'EMFILE')) throw error;
    throw new Error(
      `no local socket can be made in ${folder.path} (${String(error)}): the data folder must be ` +
        'on a file system that takes them',
      { cause: error },
    );
  }
};

/** Waits until it is clear who is first: undefined when it is the process with this id. */
const strongestRival = async (folder: SocketFolder, id: string): Promise<Rival | undefined> => {
  let untilMs = performance.now() + PATIENCE_MS;
  let fewest = Number.POSITIVE_INFINITY;
  for (;;) {
    const rivals = await rivalsOf(folder, id);
    if (rivals.length === 0) return undefined;
    if (rivals.length < fewest) {
      fewest = rivals.length;
      untilMs = performance.now() + PATIENCE_MS;
    }
    const first = rivals.find((rival) => precedes(rival, id));
    if (first !== undefined) return first;
    if (performance.now() > untilMs) return rivals[0];
    await sleep(POLL_MS);
  }
};

/** One that does not say who it is may say so in a moment. */
const precedes = ({ id, introduction }: Rival, own: string): boolean =>
  introduction !== undefined && (introduction.isOwner || id < own);

/** Who else listens in the folder; the names of those that are dead are removed. */
const rivalsOf = async (folder: SocketFolder, id: string): Promise<Rival[]> => {
  const names = (await readdir(folder.path)).filter((name) => name.endsWith(LISTENING));
  const others = names.filter((name) => name !== id + LISTENING);
  const asked = others.map(async (name): Promise<Rival | undefined> => {
    const answer = await askLocally(folder.address(name));
    if (answer.kind === 'nobody') await rm(folder.pathOf(name), { force: true });
    if (answer.kind === 'nobody') return undefined;
    const introduction = answer.kind === 'answered' ? parseIntroduction(answer.text) : undefined;
    return { id: name.slice(0, -LISTENING.length), introduction };
  });
  return (await Promise.all(asked)).filter((rival) => rival !== undefined);
};

/** What processes left that died, or were kept waiting, before they listened. */
const removeAbandoned = async (folder: SocketFolder): Promise<void> => {
  for (const name of (await readdir(folder.path)).filter((one) => one.endsWith(NEW))) {
    const { kind } = await askLocally(folder.address(name));
    if (kind === 'nobody') await rm(folder.pathOf(name), { force: true });
  }
};

const isThere = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
};
