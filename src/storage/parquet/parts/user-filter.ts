import { hash } from 'node:crypto';
import { CHECKSUM_DIGITS, checksumOf } from '../disk/checksum.ts';

/** The key of the filter in the metadata of a part. FORMAT.md says what its value is. */
export const USER_FILTER_KEY = 'user_filter';

/** With seven bits a user, in ten that there are for each, one of 120 others passes by chance. */
const BITS_OF_USER = 7;
const BITS_PER_USER = 10;
const MIN_BYTES = 8;
/** A part of more users has no filter: it would be read and kept for each part there is. */
const MAX_BYTES = 64 * 1024;
const MAX_USERS = Math.floor((MAX_BYTES * 8) / BITS_PER_USER);

/** Two numbers below 2^32, of which all bits of a user follow. */
export interface UserHash {
  readonly start: number;
  readonly step: number;
}

export const userHash = (userId: string): UserHash => {
  const digest = hash('sha256', userId, 'buffer');
  return { start: digest.readUInt32LE(0), step: digest.readUInt32LE(4) };
};

/** Which users a part may hold: a Bloom filter. */
export class UserFilter {
  readonly #bits: Uint8Array;

  private constructor(bits: Uint8Array) {
    this.#bits = bits;
  }

  /** What is in a part's metadata; undefined when it is damaged, so that it excludes nobody. */
  static decode(text: string): UserFilter | undefined {
    const bits = Buffer.from(text.slice(CHECKSUM_DIGITS), 'base64');
    const isWhole = bits.length > 0 && checksumOf(bits) === text.slice(0, CHECKSUM_DIGITS);
    return isWhole ? new UserFilter(bits) : undefined;
  }

  static of(users: readonly UserHash[]): UserFilter {
    const bytes = Math.max(MIN_BYTES, Math.ceil((users.length * BITS_PER_USER) / 8));
    const filter = new UserFilter(new Uint8Array(bytes));
    for (const user of users) {
      for (const bit of filter.#bitsOf(user)) {
        filter.#bits[bit >>> 3] = (filter.#bits[bit >>> 3] as number) | (1 << (bit & 7));
      }
    }
    return filter;
  }

  encode(): string {
    return checksumOf(this.#bits) + Buffer.from(this.#bits).toString('base64');
  }

  get bytes(): number {
    return this.#bits.length;
  }

  mayHold(user: UserHash): boolean {
    return this.#bitsOf(user).every((bit) => (this.#bits[bit >>> 3] as number) & (1 << (bit & 7)));
  }

  #bitsOf({ start, step }: UserHash): number[] {
    const size = this.#bits.length * 8;
    return Array.from({ length: BITS_OF_USER }, (_, i) => (start + i * step) % size);
  }
}

/** Takes in the users of a part as it is written, which come in order. */
export class UserFilterBuilder {
  readonly #users: UserHash[] = [];
  #last: string | undefined;
  #tooMany = false;

  add(userId: string): void {
    if (this.#tooMany || userId === this.#last) return;
    this.#last = userId;
    this.#tooMany = this.#users.length === MAX_USERS;
    if (!this.#tooMany) this.#users.push(userHash(userId));
  }

  /** The filter; undefined when there are too many users for one. */
  build(): UserFilter | undefined {
    return this.#tooMany ? undefined : UserFilter.of(this.#users);
  }
}
