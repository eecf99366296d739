import { editKeyFile } from '../../keys/edit-key-file.ts';
import { fieldMistakeOf, type KeyEntry, readKeyFile } from '../../keys/key-file.ts';
import type { Scope } from '../../keys/scopes.ts';
import { newToken, secretHash, tokenText } from '../../keys/token.ts';
import { parseTimestamp } from '../../readings/timestamp.ts';
import { UsageError } from '../exit-codes.ts';
import { printable } from '../printable.ts';

/** What the command line says of a key. */
export interface NewKey {
  readonly scope: readonly Scope[];
  readonly user?: readonly string[];
  readonly userPrefix?: readonly string[];
  readonly device?: readonly string[];
  /** A timestamp. */
  readonly expires?: string;
  readonly note?: string;
}

const instantText = (ms: number): string => new Date(ms).toISOString();

const optional = <K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [name]: value } as Record<K, V>);

const expiryOf = (expires: string | undefined, nowMs: number): string | undefined => {
  const micros = expires === undefined ? undefined : parseTimestamp(expires);
  if (micros === undefined) return undefined;
  if (micros / 1000 > nowMs) return instantText(Math.floor(micros / 1000));
  throw new UsageError(`--expires ${expires} has passed.`);
};

/** The fields of a key by the option that they come from. */
const OPTIONS = {
  users: '--user',
  user_prefixes: '--user-prefix',
  devices: '--device',
  note: '--note',
} as const;

/** What would make the file invalid is a mistake of who typed it, not of the file. */
const checkFields = (entry: KeyEntry): void => {
  for (const name of Object.keys(OPTIONS) as (keyof typeof OPTIONS)[]) {
    const mistake = fieldMistakeOf(name, entry[name]);
    if (mistake === undefined) continue;
    const { message, index } = mistake;
    const wrong = index === undefined ? '' : `, not ${JSON.stringify(entry[name]?.[index])}`;
    throw new UsageError(`${OPTIONS[name]} ${message}${wrong}.`);
  }
};

const distinct = <T>(values: readonly T[] | undefined): T[] | undefined =>
  values && [...new Set(values)];

/** Adds a key to the file and prints it. It is nowhere else, and cannot be printed again. */
export const createKey = async (file: string, asked: NewKey, json: boolean): Promise<void> => {
  const nowMs = Date.now();
  const token = newToken();
  const entry = {
    id: token.id,
    hash: secretHash(token.secret),
    scopes: [...new Set(asked.scope)],
    ...optional('users', distinct(asked.user)),
    ...optional('user_prefixes', distinct(asked.userPrefix)),
    ...optional('devices', distinct(asked.device)),
    created: instantText(nowMs),
    ...optional('expires', expiryOf(asked.expires, nowMs)),
    ...optional('note', asked.note),
  };
  checkFields(entry);
  await editKeyFile(file, (keys) => [...keys, entry]);
  const key = tokenText(token);
  if (json) {
    const { hash: _, ...shown } = entry;
    process.stdout.write(`${printable(JSON.stringify({ key, ...shown }))}\n`);
    return;
  }
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `This is the only time that the key is shown. ${file} has what it is checked with.\n`,
  );
};

const stateOf = ({ revoked, expires }: KeyEntry): string => {
  if (revoked !== undefined) return `revoked ${revoked}`;
  if (expires === undefined) return 'valid';
  return Date.parse(expires) > Date.now() ? `valid until ${expires}` : `expired ${expires}`;
};

const boundsOf = ({ users = [], user_prefixes: prefixes = [], devices = [] }: KeyEntry): string => {
  const named = [
    ...users.map((id) => `user ${id}`),
    ...prefixes.map((prefix) => `users ${prefix}*`),
    ...devices.map((id) => `device ${id}`),
  ];
  return named.length === 0 ? 'all users and devices' : named.join(', ');
};

/** A line a key, or JSON; neither has a key or its hash. Whoever made the key chose its texts. */
export const listKeys = async (file: string, json: boolean): Promise<void> => {
  const keys = await readKeyFile(file);
  if (json) {
    const shown = keys.map(({ hash: _, ...entry }) => entry);
    process.stdout.write(`${printable(JSON.stringify({ keys: shown }))}\n`);
    return;
  }
  for (const key of keys) {
    const parts = [key.id, stateOf(key), key.scopes.join(' '), boundsOf(key), key.note ?? ''];
    process.stdout.write(`${printable(parts.join('  ').trimEnd())}\n`);
  }
};

/** A key that has been revoked stays in the file, so that its id goes on meaning it. */
export const revokeKey = async (file: string, id: string): Promise<void> => {
  let isKnown = false;
  await editKeyFile(file, (keys) => {
    const revoked = keys.map((key) => {
      if (key.id !== id) return key;
      isKnown = true;
      return { revoked: instantText(Date.now()), ...key };
    });
    if (!isKnown) throw new UsageError(`${file} has no key with the id ${id}.`);
    return revoked;
  });
  process.stderr.write(`${id} is not valid any more.\n`);
};
