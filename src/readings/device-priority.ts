/** A device and its place among the devices: the lower the priority, the more it is trusted. */
export interface DevicePriority {
  readonly deviceId: string;
  readonly priority: number;
}

/** The devices whose place is known: a medical monitor before a wearable. All others follow. */
export const DEVICE_PRIORITIES: readonly DevicePriority[] = [
  { deviceId: 'device_a', priority: 1 },
  { deviceId: 'device_b', priority: 2 },
];
