import type { ReadingBatch } from '../../../readings/reading-batch.ts';

/**
 * How much memory readings take in V8, in bytes: measured, and good to a quarter. What counts is
 * not how many readings there are but how many series: the first of one takes fifteen times as
 * much as a further one.
 */

/** A timestamp and a heart rate. */
export const COLUMNS_BYTES = 16;
/** What a user has in the map of users. */
const USER_BYTES = 80;
/** What each device but the first has in a map of the user's own. */
export const FURTHER_DEVICE_BYTES = 80;
/** The two columns of a series, without what is in them, and the object that has them. */
const SERIES_BYTES = 130;
const TEXT_BYTES = 16;
const CHARACTER_BYTES = 1;
/** A batch on its way to the log, with the promise of who waits for it. */
const BATCH_BYTES = 400;
/** A run of one and its place in the batch: its columns have room for more from the start. */
const RUN_BYTES = 660;

const textBytes = (text: string): number => TEXT_BYTES + CHARACTER_BYTES * text.length;

export const userBytes = (userId: string): number => USER_BYTES + textBytes(userId);

export const seriesBytes = (deviceId: string, capacity: number): number =>
  SERIES_BYTES + textBytes(deviceId) + capacity * COLUMNS_BYTES;

/** How many readings more there is room for when columns grow to a length, as V8 lets arrays grow. */
export const addedCapacity = (capacity: number, length: number): number => {
  let grown = capacity;
  while (grown < length) grown += (grown >> 1) + 17;
  return grown - capacity;
};

export const batchBytes = (batch: ReadingBatch): number =>
  BATCH_BYTES + batch.runs.length * RUN_BYTES + batch.size * COLUMNS_BYTES;
