import { z } from '@hono/zod-openapi';
import { zHeartRateBatch } from '../../generated/zod/zod.gen.ts';

const { maxItems = 0 } = z.toJSONSchema(zHeartRateBatch.shape.readings, { io: 'input' });

/** How many readings a batch may have. */
export const MAX_READINGS = maxItems;
