import type { DeviceList, Series } from '../../../client/src/index.ts';
import type { Measurement } from './measurement.ts';

export type SeriesRow = Series['data'][number];

const MS_PER_MINUTE = 60_000;

/** Smaller is better: by priority, devices without one last, and then by id. */
const deviceOrder = ({ devices, prefixes }: DeviceList) => {
  const known = new Map(devices.map(({ device_id, priority }) => [device_id, priority]));
  const longestFirst = prefixes.toSorted((a, b) => b.prefix.length - a.prefix.length);
  const rank = (deviceId: string): number =>
    known.get(deviceId) ??
    longestFirst.find(({ prefix }) => deviceId.startsWith(prefix))?.priority ??
    Number.POSITIVE_INFINITY;
  return (a: string, b: string): number => {
    const [rankA, rankB] = [rank(a), rank(b)];
    if (rankA !== rankB) return rankA < rankB ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };
};

/** Per key the item that comes out on top; `isBetter` compares a later one with the best so far. */
const bestBy = <T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | number,
  isBetter: (item: T, best: T) => boolean,
): T[] => {
  const best = new Map<string | number, T>();
  for (const item of items) {
    const key = keyOf(item);
    const sofar = best.get(key);
    if (sofar === undefined || isBetter(item, sofar)) best.set(key, item);
  }
  return [...best.values()];
};

/**
 * The one-minute series that the service must answer for one user, from what was sent of that user
 * in order of acceptance: of each identity the last counts, at each instant the best device, and a
 * minute is the mean of what remains, in the name of the best device that contributed.
 */
export const expectedSeries = (
  accepted: readonly Measurement[],
  priorities: DeviceList,
): SeriesRow[] => {
  const order = deviceOrder(priorities);
  const identities = bestBy(
    accepted,
    ({ deviceId, atMs }) => `${deviceId} ${atMs}`,
    () => true,
  );
  const instants = bestBy(
    identities,
    ({ atMs }) => atMs,
    (item, best) => order(item.deviceId, best.deviceId) < 0,
  );
  const minutes = new Map<number, Measurement[]>();
  for (const measurement of instants) {
    const minute = Math.floor(measurement.atMs / MS_PER_MINUTE);
    const members = minutes.get(minute);
    if (members === undefined) minutes.set(minute, [measurement]);
    else members.push(measurement);
  }
  return [...minutes]
    .sort(([a], [b]) => a - b)
    .map(([minute, members]) => ({
      timestamp: new Date(minute * MS_PER_MINUTE).toISOString().replace('.000Z', 'Z'),
      heart_rate: members.reduce((sum, { heartRate }) => sum + heartRate, 0) / members.length,
      device_id: members.map(({ deviceId }) => deviceId).sort(order)[0] as string,
    }));
};

/** Where two series differ, a line each; empty when they are equal. */
export const differences = (
  expected: readonly SeriesRow[],
  actual: readonly SeriesRow[],
): string[] => {
  const text = (row: SeriesRow | undefined): string =>
    row === undefined ? 'nothing' : `${row.heart_rate} of ${row.device_id}`;
  const actualBy = new Map(actual.map((row) => [row.timestamp, row]));
  const expectedBy = new Map(expected.map((row) => [row.timestamp, row]));
  const found = [...new Set([...expectedBy.keys(), ...actualBy.keys()])].sort().flatMap((time) => {
    const [wanted, got] = [text(expectedBy.get(time)), text(actualBy.get(time))];
    return wanted === got ? [] : [`${time}: sent ${wanted}, got ${got}`];
  });
  const isInOrder =
    actual.length === expected.length &&
    actual.every(({ timestamp }, i) => timestamp === expected[i]?.timestamp);
  return found.length > 0 || isInOrder ? found : ['the same rows, but repeated or out of order'];
};
