/** What a command ends with. */
export const EXIT = {
  ok: 0,
  /** It could not do all of its work, or found something wrong. */
  failed: 1,
  /** It was asked for something that makes no sense, and has done nothing. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What it was asked for makes no sense; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
