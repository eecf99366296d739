import type { z } from '@hono/zod-openapi';

interface JsonContent {
  readonly 'application/json': { readonly schema: z.ZodObject };
}

/**
 * The content of a request body, as the router needs it.
 *
 * The router validates asynchronously, for which Zod takes 35 ms instead of 12 for 10,000
 * readings. No schema here waits for anything, so each answers at once.
 *
 * It only ever validates the JSON form. So only that is in the type, which would otherwise make
 * the validated body a union of all forms.
 */
export const bodyContent = <C extends JsonContent>(content: C): Pick<C, keyof JsonContent> => {
  const { schema } = content['application/json'];
  schema.safeParseAsync = async (body, params) => schema.safeParse(body, params);
  return content;
};
