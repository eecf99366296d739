import { z } from '@hono/zod-openapi';

/** Half of a UTF-16 surrogate pair: not a character, and not encodable as UTF-8. */
const LONE_SURROGATE = /\p{Cs}/u;

/** `format: unicode` of the contract: a text that matches and has no lone surrogates. */
export const unicode = (pattern: RegExp, message: string) =>
  z
    .string()
    .regex(pattern, message)
    .refine((text) => !LONE_SURROGATE.test(text), message);
