import { z } from '@hono/zod-openapi';

/** Half of a pair of UTF-16 units without the other: no character, and nothing UTF-8 could hold. */
const LONE_SURROGATE = /\p{Cs}/u;

/** `format: unicode` of the contract: a text that matches, all of it characters. */
export const unicode = (pattern: RegExp, message: string) =>
  z
    .string()
    .regex(pattern, message)
    .refine((text) => !LONE_SURROGATE.test(text), message);
