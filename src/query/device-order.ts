import type { DevicePriority } from '../readings/device-priority.ts';
import { compareUtf8 } from '../readings/utf8-order.ts';

/**
 * Which place each device has; plain data. Devices that share a rank, as those that fit a prefix do
 * and those that are not listed, go by id.
 */
export interface DeviceOrder {
  /** By rank, best first: the one device that has it, or null where several may. */
  readonly ranks: readonly (string | null)[];
  readonly exact: readonly { readonly deviceId: string; readonly rank: number }[];
  /** The longest first: the first one that a device fits counts, if it is not among the exact. */
  readonly prefixes: readonly { readonly prefix: string; readonly rank: number }[];
}

/**
 * The order that the priorities say: by priority, and of equal priority the smaller id first. A
 * device that is listed twice has the better of its places. All that are not listed come last.
 */
export const deviceOrder = (priorities: readonly DevicePriority[]): DeviceOrder => {
  const exactPriorities = new Map<string, number>();
  const prefixPriorities = new Map<string, number>();
  for (const entry of priorities) {
    const [of, key] =
      'prefix' in entry ? [prefixPriorities, entry.prefix] : [exactPriorities, entry.deviceId];
    of.set(key, Math.min(entry.priority, of.get(key) ?? Number.POSITIVE_INFINITY));
  }
  const ranks: (string | null)[] = [];
  const exact: { deviceId: string; rank: number }[] = [];
  const prefixes: { prefix: string; rank: number }[] = [];
  const all = [...exactPriorities.values(), ...prefixPriorities.values()];
  for (const priority of [...new Set(all)].sort((a, b) => a - b)) {
    const deviceIds = keysOf(exactPriorities, priority).sort(compareUtf8);
    const shared = keysOf(prefixPriorities, priority);
    if (shared.length > 0) ranks.push(null);
    for (const deviceId of deviceIds) {
      if (shared.length === 0) ranks.push(deviceId);
      exact.push({ deviceId, rank: ranks.length - 1 });
    }
    for (const prefix of shared) prefixes.push({ prefix, rank: ranks.length - 1 });
  }
  return { ranks, exact, prefixes: prefixes.sort((a, b) => b.prefix.length - a.prefix.length) };
};

/** Sorts devices, the best first. */
export const deviceComparison = ({ ranks, exact, prefixes }: DeviceOrder) => {
  const exactRanks = new Map(exact.map(({ deviceId, rank }) => [deviceId, rank]));
  const rankOf = (deviceId: string): number =>
    exactRanks.get(deviceId) ??
    prefixes.find(({ prefix }) => deviceId.startsWith(prefix))?.rank ??
    ranks.length;
  return (a: string, b: string): number => rankOf(a) - rankOf(b) || compareUtf8(a, b);
};

const keysOf = (map: ReadonlyMap<string, number>, value: number): string[] =>
  [...map].filter(([, each]) => each === value).map(([key]) => key);
