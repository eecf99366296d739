import { setTimeout as sleep } from 'node:timers/promises';
import { getSystemErrorMap } from 'node:util';
import { messageOf } from '../thrown.ts';
import { StoreUnavailableError } from './reading-store.ts';

/** How Rust, and so Polars, tells of an error of the operating system; and Node of a thread's start. */
const SYSTEM_ERROR = /\bos error \d+|\bOs \{ code: \d+|^Worker initialization failure: E/;

/**
 * Whether something thrown is the operating system's refusal: too many open files, no memory, a
 * disk that fails. It says nothing of what is in a file. An error that came from another thread
 * has its text alone.
 */
export const isSystemError = (error: unknown): error is Error => {
  if (!(error instanceof Error)) return false;
  return ('syscall' in error && 'code' in error) || SYSTEM_ERROR.test(error.message);
};

/** The number of the error where Rust tells it, or its name where Node does. */
const TOLD_ERROR = /\b(?:os error |Os \{ code: )(?<number>\d+)|\b(?<name>E[A-Z0-9]+)\b/;

/**
 * What the system refused with, in its own words and no others, which may name paths and people;
 * undefined when it cannot be told.
 */
export const systemReason = (error: unknown): string | undefined => {
  const { number, name } = TOLD_ERROR.exec(messageOf(error))?.groups ?? {};
  for (const [code, [ofCode, words]] of getSystemErrorMap()) {
    if (ofCode === name || code === -Number(number)) return `${words} (${ofCode})`;
  }
  return undefined;
};

const RETRY_AFTER_SECONDS = 1;

/** Tells a client what cannot be done as the system refuses to read, without paths of this machine. */
export const refusedRead = (what: string, cause: unknown): StoreUnavailableError => {
  const why = systemReason(cause) ?? 'the log says why';
  return new StoreUnavailableError(`${what} now: ${why}`, RETRY_AFTER_SECONDS, { cause });
};

/** Of a burst of opened files most are closed again in this time. */
const PAUSES_MS = [20, 80, 200];

/** The outcome of `act`, which is done anew after a pause when it fails; rejects as the last time. */
export const patiently = async <T>(act: () => Promise<T>): Promise<T> => {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await act();
    } catch {
      // The last attempt tells what is wrong.
      await sleep(pauseMs);
    }
  }
  return act();
};
