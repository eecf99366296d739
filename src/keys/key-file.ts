import { z } from 'zod';
import { zDeviceId, zUserId } from '../../generated/zod/zod.gen.ts';
import { readRegularFile } from '../regular-file.ts';
import { messageOf } from '../thrown.ts';
import { SCOPES } from './scopes.ts';

/** So many keys may stand in a file. All of them are in memory, at less than 1 kB. */
const MAX_KEYS = 10_000;
/** So many users, prefixes and devices each may be named by one key. */
const MAX_BOUNDS = 1_000;
const TOO_MANY = `must be at most ${MAX_BOUNDS}`;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ISSUES = 5;

const instant = z.iso.datetime({ offset: true });

/** A key as it stands in the file. */
const zKeyEntry = z.strictObject({
  id: z.string().regex(/^[0-9a-z-]{1,32}$/, 'must be 1 to 32 of a-z, 0-9 and -'),
  /** SHA-256 of the secret. */
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal'),
  scopes: z.array(z.enum(SCOPES)).min(1),
  /** Left out with `user_prefixes`: all users. */
  users: z.array(zUserId).min(1).max(MAX_BOUNDS, TOO_MANY).optional(),
  user_prefixes: z.array(zUserId).min(1).max(MAX_BOUNDS, TOO_MANY).optional(),
  /** Left out: all devices. */
  devices: z.array(zDeviceId).min(1).max(MAX_BOUNDS, TOO_MANY).optional(),
  created: instant,
  /** From then on it is not valid. */
  expires: instant.optional(),
  /** It is not valid any more, whatever the time says. */
  revoked: instant.optional(),
  note: z.string().max(200, 'must be at most 200 characters').optional(),
});

export type KeyEntry = z.output<typeof zKeyEntry>;

/** What is wrong with a value of one field, in the field's own words, and where in it. */
export interface FieldMistake {
  readonly message: string;
  /** Of the item of an array that is wrong; undefined: the value as a whole. */
  readonly index: number | undefined;
}

/** The first mistake that a key with this value would be refused for. */
export const fieldMistakeOf = <K extends keyof KeyEntry>(
  name: K,
  value: KeyEntry[K],
): FieldMistake | undefined => {
  const [issue] = zKeyEntry.shape[name].safeParse(value).error?.issues ?? [];
  if (issue === undefined) return undefined;
  const [index] = issue.path;
  return { message: issue.message, index: typeof index === 'number' ? index : undefined };
};

const zKeyFile = z.strictObject({ keys: z.array(zKeyEntry).max(MAX_KEYS) });

/** The file is not there, cannot be read, or is not what it should be; the message says so. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';

  constructor(what: string, options?: ErrorOptions) {
    super(`The file of API keys ${what}`, options);
  }
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');

/** @throws KeyFileError */
export const parseKeyFile = (text: string, name: string): KeyEntry[] => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message has a piece of the text.
    throw new KeyFileError(`${name} is not JSON`);
  }
  const result = zKeyFile.safeParse(json);
  if (!result.success) {
    const issues = result.error.issues
      .slice(0, MAX_ISSUES)
      .map(({ path, message }) => `${placeOf(path).slice(1) || 'the file'}: ${message}`);
    throw new KeyFileError(`${name} is not valid: ${issues.join('; ')}`);
  }
  const { keys } = result.data;
  const ids = new Set<string>();
  for (const { id } of keys) {
    if (ids.has(id)) throw new KeyFileError(`${name} has two keys with the id ${id}`);
    ids.add(id);
  }
  return keys;
};

const textOf = async (path: string): Promise<string> => {
  try {
    return (await readRegularFile(path, MAX_BYTES)).toString();
  } catch (error) {
    // Without it as the cause: logs would say the same twice.
    throw new KeyFileError(`${path} cannot be read: ${messageOf(error)}`);
  }
};

/** Rejects with a {@link KeyFileError}. */
export const readKeyFile = async (path: string): Promise<KeyEntry[]> => {
  return parseKeyFile(await textOf(path), path);
};

export const keyFileText = (keys: readonly KeyEntry[]): string =>
  `${JSON.stringify({ keys }, null, 2)}\n`;
