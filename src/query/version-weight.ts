import type { DayVersion } from '../storage/reading-store.ts';

/**
 * About how much memory a version takes, in units of a hundred bytes: in a cluster it names each
 * chunk of the day, of which there may be thousands.
 */
export const weightOfVersion = ({ parts, lengths }: DayVersion): number =>
  2 + parts.length + lengths.size;
