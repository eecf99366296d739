/** Whether something thrown is a system error with this code, such as `ENOENT`. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** What something thrown says. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
