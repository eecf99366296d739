import { setTimeout as sleep } from 'node:timers/promises';

/** How Rust, and so Polars, tells of an error of the operating system. */
const SYSTEM_ERROR = /\bos error \d+|\bOs \{ code: \d+/;

/**
 * Whether something thrown is the operating system's refusal: too many open files, no memory, a
 * disk that fails. It says nothing of what is in a file. An error that came from another thread
 * has its text alone.
 */
export const isSystemError = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  return ('syscall' in error && 'code' in error) || SYSTEM_ERROR.test(error.message);
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
