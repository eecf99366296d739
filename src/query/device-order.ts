import type { DevicePriority } from '../readings/device-priority.ts';

/** Order of the UTF-8 bytes, which is how Polars compares strings; `<` goes by UTF-16 units. */
const compareUtf8 = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * The listed devices, best first: by priority, and of equal priority the smaller id first. A
 * device that is listed twice has the better of its places.
 */
export const listedDevices = (priorities: readonly DevicePriority[]): string[] => {
  const ordered = priorities.toSorted(
    (a, b) => a.priority - b.priority || compareUtf8(a.deviceId, b.deviceId),
  );
  return [...new Set(ordered.map(({ deviceId }) => deviceId))];
};
