import type { KeyEntry } from './key-file.ts';
import type { Scope } from './scopes.ts';

const instantOf = (text: string | undefined): number =>
  text === undefined ? Number.POSITIVE_INFINITY : Date.parse(text);

/** A key that a request came with: what it allows, and of whom. */
export class ApiKey {
  readonly id: string;
  /** Of its secret, in hexadecimal, as ASCII. */
  readonly hash: Buffer;
  /** Its secret as ASCII, once somebody has sent it. */
  provenSecret: Uint8Array | undefined;
  readonly isRevoked: boolean;
  /** The devices that it is for; undefined: all. */
  readonly devices: readonly string[] | undefined;
  readonly #expiresMs: number;
  readonly #scopes: ReadonlySet<Scope>;
  readonly #users: ReadonlySet<string> | undefined;
  readonly #userPrefixes: readonly string[];

  constructor(entry: KeyEntry) {
    const { users, user_prefixes: prefixes = [] } = entry;
    this.id = entry.id;
    this.hash = Buffer.from(entry.hash, 'latin1');
    this.isRevoked = entry.revoked !== undefined;
    this.devices = entry.devices && [...new Set(entry.devices)];
    this.#expiresMs = instantOf(entry.expires);
    this.#scopes = new Set(entry.scopes);
    this.#users = users === undefined && prefixes.length === 0 ? undefined : new Set(users);
    this.#userPrefixes = prefixes;
  }

  get isExpired(): boolean {
    return Date.now() >= this.#expiresMs;
  }

  allows(scope: Scope): boolean {
    return this.#scopes.has(scope);
  }

  isForUser(userId: string): boolean {
    return (
      this.#users === undefined ||
      this.#users.has(userId) ||
      this.#userPrefixes.some((prefix) => userId.startsWith(prefix))
    );
  }

  isForDevice(deviceId: string): boolean {
    return this.devices === undefined || this.devices.includes(deviceId);
  }
}
