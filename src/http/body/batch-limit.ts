import { zHeartRateBatch } from '../../../generated/zod/zod.gen.ts';
import { maxItemsOf } from '../schema/array-limit.ts';

/** How many readings a batch may have. */
export const MAX_READINGS = maxItemsOf(zHeartRateBatch.shape.readings);
