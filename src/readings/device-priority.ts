/**
 * How much devices are trusted: the lower the priority, the more. An entry is of one device, or of
 * all whose id begins with a prefix. Of the entries that fit a device the most specific counts: its
 * own, or else that of the longest prefix.
 */
export type DevicePriority =
  | { readonly deviceId: string; readonly priority: number }
  | { readonly prefix: string; readonly priority: number };

/** What counts where nothing else is set: a medical monitor before a wearable. All others follow. */
export const DEVICE_PRIORITIES: readonly DevicePriority[] = [
  { deviceId: 'device_a', priority: 1 },
  { deviceId: 'device_b', priority: 2 },
];
