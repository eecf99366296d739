import { randomBytes, timingSafeEqual } from 'node:crypto';
import { ApiKey } from './api-key.ts';
import type { KeyEntry } from './key-file.ts';
import { secretHash, tokenOf } from './token.ts';

/** Why a request has no key: it brought none, or one that is not valid. */
export type KeyRefusal = 'missing' | 'invalid' | 'expired' | 'revoked';

/** What requests are checked with. */
export interface ApiKeys {
  /** The key of an `Authorization` header (RFC 6750, 2.1), or why there is none. */
  authenticate(authorization: string | undefined): ApiKey | KeyRefusal;
  /** Whether a key that was valid at the beginning of a long response still is, as it was. */
  isInForce(key: ApiKey): boolean;
}

const BEARER = /^bearer +(\S+) *$/i;

/** What the secret of an unknown id is compared with: the same work, and no secret has this hash. */
const NO_HASH = randomBytes(32);

/** The keys in force, by id. */
export class KeyRing implements ApiKeys {
  #keys: ReadonlyMap<string, { readonly entry: string; readonly key: ApiKey }> = new Map();

  constructor(entries: readonly KeyEntry[] = []) {
    this.replace(entries);
  }

  /** A key whose entry is as it was stays the same object. */
  replace(entries: readonly KeyEntry[]): void {
    const before = this.#keys;
    this.#keys = new Map(
      entries.map((each) => {
        const entry = JSON.stringify(each);
        const known = before.get(each.id);
        return [each.id, known?.entry === entry ? known : { entry, key: new ApiKey(each) }];
      }),
    );
  }

  authenticate(authorization: string | undefined): ApiKey | KeyRefusal {
    if (authorization === undefined || !/^bearer( |$)/i.test(authorization)) return 'missing';
    const token = tokenOf(BEARER.exec(authorization)?.[1] ?? '');
    if (token === undefined) return 'invalid';
    const key = this.#keys.get(token.id)?.key;
    const isRight = timingSafeEqual(secretHash(token.secret), key?.hash ?? NO_HASH);
    if (!isRight || key === undefined) return 'invalid';
    // Said only to those who have the secret.
    if (key.isRevoked) return 'revoked';
    return key.isExpired ? 'expired' : key;
  }

  isInForce(key: ApiKey): boolean {
    return this.#keys.get(key.id)?.key === key && !key.isRevoked && !key.isExpired;
  }
}
