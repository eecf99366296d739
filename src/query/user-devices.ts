import type { EpochMicros, TimeRange } from '../readings/reading.ts';
import { compareUtf8 } from '../readings/utf8-order.ts';
import type { ReadingStore, ScanRequest } from '../storage/reading-store.ts';
import { joinedSource } from '../storage/rows/rows-source.ts';
import { ClientGoneError } from './client-gone.ts';
import { type Days, dayRuns, RunLength } from './day-runs.ts';
import type { DeviceSummary } from './devices-plan.ts';
import { collecting, readDays } from './read-days.ts';
import type { RunReader } from './reader/run-reader.ts';

export type { DeviceSummary } from './devices-plan.ts';

export interface DevicesRequest {
  readonly userId: string;
  readonly range: TimeRange;
  /** Only these; at least one when it is given. */
  readonly deviceIds?: readonly string[];
}

/** The store finds readings of one device apart from others; of several the reader does. */
const scanRequestOf = ({ userId, range, deviceIds = [] }: DevicesRequest): ScanRequest => {
  const [deviceId, ...others] = deviceIds;
  return deviceId === undefined || others.length > 0
    ? { userId, range }
    : { userId, range, deviceId };
};

/** The devices that have readings of the user in the range, by id. */
export const userDevices = async (
  store: ReadingStore,
  reader: RunReader,
  request: DevicesRequest,
  signal?: AbortSignal,
): Promise<DeviceSummary[]> => {
  const scanned = scanRequestOf(request);
  const { deviceIds } = request;
  const length = new RunLength();
  const devices = new Map<string, DeviceSummary>();
  const read = ([first, ...others]: Days) => {
    const source = joinedSource([first.source(), ...others.map((day) => day.source())]);
    return collecting.run(() => reader.devices({ source, deviceIds }));
  };
  for await (const days of dayRuns(store.scan(scanned), length)) {
    if (signal?.aborted) throw new ClientGoneError();
    const found = (await readDays(store, scanned, days, read)) ?? [];
    for (const one of found) {
      devices.set(one.deviceId, together(devices.get(one.deviceId), one));
    }
    length.hasRead(
      days.length,
      found.reduce((sum, { readings }) => sum + readings, 0),
    );
  }
  return [...devices.values()].sort((a, b) => compareUtf8(a.deviceId, b.deviceId));
};

/** Of one device in two ranges that share no day. */
const together = (one: DeviceSummary | undefined, other: DeviceSummary): DeviceSummary =>
  one === undefined
    ? other
    : {
        deviceId: one.deviceId,
        firstMicros: Math.min(one.firstMicros, other.firstMicros) as EpochMicros,
        lastMicros: Math.max(one.lastMicros, other.lastMicros) as EpochMicros,
        readings: one.readings + other.readings,
        days: one.days + other.days,
      };
