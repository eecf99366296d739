import type pl from 'nodejs-polars';

/**
 * Of rows with the same user, device and timestamp, keeps the one with the largest sequence.
 * Needs the columns user_id, device_id, timestamp and sequence; promises no order.
 */
export const resolveIdentity = (frame: pl.LazyDataFrame): pl.LazyDataFrame =>
  frame
    .sort('sequence')
    .unique({ subset: ['user_id', 'device_id', 'timestamp'], keep: 'last', maintainOrder: true });
