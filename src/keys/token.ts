import { hash, randomBytes } from 'node:crypto';

/** Characters of base64url for {@link SECRET_BYTES}. */
export const SECRET_LENGTH = 43;

/** What a key looks like to those who have it: `hr_<id>_<secret>`. */
const TOKEN = /^hr_([0-9a-z-]{1,32})_([\w-]{43})$/;

const ID_BYTES = 6;
const SECRET_BYTES = 32;

export interface Token {
  readonly id: string;
  readonly secret: string;
}

/** A token that nobody has had before. */
export const newToken = (): Token => ({
  id: randomBytes(ID_BYTES).toString('hex'),
  secret: randomBytes(SECRET_BYTES).toString('base64url'),
});

export const tokenText = ({ id, secret }: Token): string => `hr_${id}_${secret}`;

/** Undefined when the text is no token. */
export const tokenOf = (text: string): Token | undefined => {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
};

/**
 * What is kept of a secret, in hexadecimal: as bytes it would take three times as long to make. One SHA-256 is enough, where a password would need a slow hash: a secret
 * is 256 random bits, so that nobody tries them out, however fast each try is.
 */
export const secretHash = (secret: string): string => hash('sha256', secret, 'hex');

/** The id in a text that would be a key, be it one or not; never any of a secret. */
export const claimedIdIn = (text: string): string | undefined =>
  /\bhr_([0-9a-z-]{1,32})_/.exec(text)?.[1];
