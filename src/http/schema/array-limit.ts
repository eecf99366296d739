import { z } from '@hono/zod-openapi';

/** How many items the contract lets an array have. */
export const maxItemsOf = (schema: z.ZodType): number => {
  const { maxItems } = z.toJSONSchema(schema, { io: 'input' });
  if (maxItems === undefined) throw new Error('The contract sets no limit to this array');
  return maxItems;
};
