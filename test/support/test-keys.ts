import type { KeyEntry } from '../../src/keys/key-file.ts';
import { type ApiKeys, KeyRing } from '../../src/keys/key-ring.ts';
import { SCOPES } from '../../src/keys/scopes.ts';
import { newToken, secretHash, tokenText } from '../../src/keys/token.ts';

export interface TestKey {
  readonly entry: KeyEntry;
  readonly token: string;
  readonly headers: Headers;
}

export const bearer = (token: string): Headers => new Headers({ authorization: `Bearer ${token}` });

/** A new key with all scopes and without bounds, unless `entry` says otherwise. */
export const testKey = (entry: Partial<KeyEntry> = {}): TestKey => {
  const token = newToken();
  const hash = secretHash(token.secret);
  const created = '2024-01-01T00:00:00Z';
  return {
    entry: { id: token.id, hash, scopes: [...SCOPES], created, ...entry },
    token: tokenText(token),
    headers: bearer(tokenText(token)),
  };
};

/** The keys as a service has them that was given these. */
export const keysOf = (...keys: readonly TestKey[]): ApiKeys =>
  new KeyRing(keys.map(({ entry }) => entry));
