import { randomBytes, timingSafeEqual } from 'node:crypto';
import { ApiKey } from './api-key.ts';
import type { KeyEntry } from './key-file.ts';
import { SECRET_LENGTH, secretHash, type Token, tokenOf } from './token.ts';

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
const NO_HASH = Buffer.from(randomBytes(32).toString('hex'), 'latin1');

const NO_SECRET = randomBytes(SECRET_LENGTH);

/**
 * Whether the secret is the key's. One that has been right before is remembered: to compare it takes
 * a tenth of the time of a hash, and for those without it the way is the same.
 */
const isRight = ({ secret }: Token, key: ApiKey | undefined): boolean => {
  const sent = Buffer.from(secret, 'latin1');
  if (timingSafeEqual(sent, key?.provenSecret ?? NO_SECRET)) return true;
  const hash = Buffer.from(secretHash(secret), 'latin1');
  if (!timingSafeEqual(hash, key?.hash ?? NO_HASH)) return false;
  // A copy, which does not keep a whole pool of buffers.
  if (key !== undefined) key.provenSecret = new Uint8Array(sent);
  return true;
};

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
    if (authorization === undefined) return 'missing';
    const token = tokenOf(BEARER.exec(authorization)?.[1] ?? '');
    if (token === undefined) return /^bearer( |$)/i.test(authorization) ? 'invalid' : 'missing';
    const key = this.#keys.get(token.id)?.key;
    if (!isRight(token, key) || key === undefined) return 'invalid';
    // Said only to those who have the secret.
    if (key.isRevoked) return 'revoked';
    return key.isExpired ? 'expired' : key;
  }

  isInForce(key: ApiKey): boolean {
    return this.#keys.get(key.id)?.key === key && !key.isRevoked && !key.isExpired;
  }
}
