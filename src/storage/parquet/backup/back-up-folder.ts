import { constants } from 'node:fs';
import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isThere } from '../../../is-there.ts';
import { hasCode } from '../../../thrown.ts';
import {
  formatFile,
  logFolder,
  parseDayFolder,
  parsePartName,
  partitionsFolder,
  sequenceFile,
  temporaryName,
} from '../disk/layout.ts';
import { nodeFiles } from '../disk/node-files.ts';
import type { HeartRateBounds } from '../verify/part-rows.ts';
import { type VerifyResult, verifyFolder } from '../verify/verify-folder.ts';
import { HeldLog } from './held-log.ts';

/** How long a backup tries, pass after pass; a copy across devices may take longer than that. */
const PATIENCE_MS = 120_000;
/** Why a file system does not link: another device, not the owner, too many links, no such thing. */
const CANNOT_LINK = ['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

export interface BackupOptions {
  readonly dataDir: string;
  /** Must not exist; its parent must. */
  readonly target: string;
  readonly heartRates: HeartRateBounds;
  /** In milliseconds. */
  readonly patienceMs?: number;
}

/** What a backup holds, and what the verifier says of it. */
export interface BackupResult {
  readonly target: string;
  readonly linkedParts: number;
  readonly copiedParts: number;
  /** How often it looked until nothing had changed. */
  readonly passes: number;
  readonly verified: VerifyResult;
}

/** The folder did not stand still for long enough, or the backup does not pass the verifier. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/**
 * Copies a data folder as it is at one moment, also beside a running service, to `target`, which
 * has its name only once all of it is durable and the verifier has found nothing wrong. Nothing
 * needs a lock, because parts never change and the log only grows, see {@link FolderCopy.pass}.
 * What was linked stays for the next pass.
 */
export const backUpFolder = async (options: BackupOptions): Promise<BackupResult> => {
  const { dataDir, target, heartRates, patienceMs = PATIENCE_MS } = options;
  const staging = join(dirname(target), temporaryName(basename(target)));
  // Fails when it is there: another backup may be at work in it.
  await mkdir(staging);
  try {
    const copy = new FolderCopy(dataDir, staging);
    const deadline = Date.now() + patienceMs;
    let passes = 1;
    while (!(await copy.pass())) {
      if (Date.now() > deadline) throw new BackupError(`${dataDir} never stood still`);
      passes++;
    }
    await copy.makeDurable();
    const verified = await verifyFolder({ files: nodeFiles, dataDir: staging, heartRates });
    const [wrong] = verified.findings;
    if (wrong !== undefined) throw new BackupError(`${wrong.file}: ${wrong.cause} [${wrong.code}]`);
    await rename(staging, target);
    await nodeFiles.syncFolder(dirname(target));
    const { linkedParts, copiedParts } = copy;
    return { target, linkedParts, copiedParts, passes, verified: { ...verified, dataDir: target } };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
};

/** A copy of the folder in the making. */
class FolderCopy {
  linkedParts = 0;
  copiedParts = 0;
  readonly #from: string;
  readonly #to: string;
  /** Paths below the partitions; whether each was linked. */
  readonly #parts = new Map<string, boolean>();

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  /**
   * Resolves with whether the copy is now as the folder was at one moment.
   *
   * A segment is removed only once parts say all it says. So whatever is not in the segments that
   * are held from the beginning is in the parts, whenever those of a day are taken; and what the
   * parts got meanwhile is in the log, which is read last: the end of that is the moment.
   */
  async pass(): Promise<boolean> {
    const log = new HeldLog(this.#from);
    try {
      await log.holdFirst();
      const before = await this.#takeParts(log);
      await log.holdNew();
      const lastSequence = await this.#copyLog(log);
      if (lastSequence === undefined) return false;
      // What is still open to doubt: an erasure that was logged and carried out between two
      // looks at the log, with nothing logged after it, may be in the parts of some days only.
      if (await log.hasItsEnd()) return this.#isWithin(lastSequence);
      const after = new Set(await this.#listParts());
      return before.length === after.size && before.every((part) => after.has(part));
    } catch (error) {
      // A part or a segment was listed and then removed: it has done its work.
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    } finally {
      await log.close();
    }
  }

  /** Whether no part has readings of after a sequence. */
  #isWithin(last: number): boolean {
    const ends = [...this.#parts.keys()].map((part) => parsePartName(basename(part))?.range.last);
    return ends.every((end) => end !== undefined && end <= last);
  }

  async makeDurable(): Promise<void> {
    const days = new Set<string>();
    for (const [part, isLink] of this.#parts) {
      days.add(dirname(part));
      if (isLink) this.linkedParts++;
      else this.copiedParts++;
    }
    const partitions = partitionsFolder(this.#to);
    for (const day of days) await nodeFiles.syncFolder(join(partitions, day));
    for (const folder of [partitions, logFolder(this.#to), this.#to])
      await nodeFiles.syncFolder(folder);
  }

  async #listDay(day: string): Promise<string[]> {
    const names = await nodeFiles.list(join(partitionsFolder(this.#from), day));
    return names.filter((name) => parsePartName(name) !== undefined).map((name) => join(day, name));
  }

  async #listDays(): Promise<string[]> {
    const names = await nodeFiles.list(partitionsFolder(this.#from));
    return names.filter((name) => parseDayFolder(name) !== undefined);
  }

  async #listParts(): Promise<string[]> {
    const parts: string[] = [];
    for (const day of await this.#listDays()) parts.push(...(await this.#listDay(day)));
    return parts;
  }

  /** Makes the copy have just the parts of each day at one moment; resolves with all of them. */
  async #takeParts(log: HeldLog): Promise<string[]> {
    await mkdir(partitionsFolder(this.#to), { recursive: true });
    const taken: string[] = [];
    for (const day of await this.#listDays()) {
      taken.push(...(await this.#takeDay(day)));
      await log.holdNew();
    }
    const there = new Set(taken);
    for (const part of [...this.#parts.keys()]) {
      if (there.has(part)) continue;
      await rm(join(partitionsFolder(this.#to), part));
      this.#parts.delete(part);
    }
    return taken;
  }

  /** Lists and links until no listed part was removed meanwhile. */
  async #takeDay(day: string): Promise<string[]> {
    const listed = await this.#listDay(day);
    try {
      for (const part of listed) await this.#takePart(part);
      return listed;
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      return this.#takeDay(day);
    }
  }

  async #takePart(part: string): Promise<void> {
    if (this.#parts.has(part)) return;
    const to = join(partitionsFolder(this.#to), part);
    await mkdir(dirname(to), { recursive: true });
    this.#parts.set(part, await linkOrCopy(join(partitionsFolder(this.#from), part), to));
  }

  /**
   * Copies the log anew, never links it: the service writes on in the last segment. The mark goes
   * after it, because it is raised before a sequence is given.
   */
  async #copyLog(log: HeldLog): Promise<number | undefined> {
    const folder = logFolder(this.#to);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    const lastSequence = await log.copyTo(folder);
    await copyDurably(formatFile(this.#from), formatFile(this.#to));
    // A folder that was never written to, or one of an earlier version, has no mark.
    if (await isThere(sequenceFile(this.#from))) {
      await copyDurably(sequenceFile(this.#from), sequenceFile(this.#to));
    }
    return lastSequence;
  }
}

/** Resolves with whether the file is a link. */
const linkOrCopy = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (!CANNOT_LINK.some((code) => hasCode(error, code))) throw error;
    await copyDurably(from, to);
    return false;
  }
};

const copyDurably = async (from: string, to: string): Promise<void> => {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await nodeFiles.syncFile(to);
};

/** Why a backup to `target` cannot be begun, in words; undefined when it can. */
export const whyNotBackUp = async (
  dataDir: string,
  target: string,
): Promise<string | undefined> => {
  if (!(await isThere(formatFile(dataDir)))) return `${dataDir} is no data folder`;
  if (`${target}/`.startsWith(`${dataDir}/`)) return `${target} is in the data folder itself`;
  if (await isThere(target)) return `${target} is there already`;
  if (!(await isThere(dirname(target)))) return `${dirname(target)} is not there`;
  const staging = join(dirname(target), temporaryName(basename(target)));
  if (!(await isThere(staging))) return undefined;
  return `${staging} is there: a backup is at work in it, or was cut short; if so, remove it`;
};
