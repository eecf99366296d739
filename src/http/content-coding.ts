import type { Context } from 'hono';
import { accepts } from 'hono/accepts';

interface Weighted {
  readonly type: string;
  /** 0 refuses it. */
  readonly q: number;
}

const weightOf = (coding: string, accepted: readonly Weighted[]): number | undefined =>
  accepted.find(({ type }) => type.toLowerCase() === coding)?.q;

/** RFC 9110 12.5.3: what is not named counts as `*`, and identity is taken unless it is refused. */
const preferred = (accepted: readonly Weighted[]): string => {
  const any = weightOf('*', accepted);
  const identity = weightOf('identity', accepted) ?? any;
  // Who refuses identity and says nothing of gzip can only mean something like it.
  const gzip = weightOf('gzip', accepted) ?? any ?? (identity === 0 ? 1 : 0);
  return gzip > 0 && gzip >= (identity ?? 0) ? 'gzip' : 'identity';
};

/** Whether the client would rather have the response compressed. */
export const prefersGzip = (c: Context): boolean =>
  accepts(c, {
    header: 'Accept-Encoding',
    supports: ['gzip', 'identity'],
    default: 'identity',
    match: preferred,
  }) === 'gzip';
