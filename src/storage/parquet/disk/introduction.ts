import { hostname } from 'node:os';

/** What a process that has, or wants, a folder says of itself. */
export interface Introduction {
  readonly pid: number;
  readonly host: string;
  /** It has the folder; otherwise it is still finding out. */
  readonly isOwner: boolean;
}

export const introduce = (isOwner: boolean): string =>
  JSON.stringify({ pid: process.pid, host: hostname(), isOwner } satisfies Introduction);

/** Undefined when it is no introduction. */
export const parseIntroduction = (text: string): Introduction | undefined => {
  try {
    const { pid, host, isOwner }: Record<string, unknown> = JSON.parse(text);
    const isValid =
      typeof pid === 'number' && typeof host === 'string' && typeof isOwner === 'boolean';
    return isValid ? { pid, host, isOwner } : undefined;
  } catch {
    // It is not JSON, or null, which has no properties.
    return undefined;
  }
};
