import type { EpochMicros, TimeRange } from '../readings/reading.ts';
import { compareUtf8 } from '../readings/utf8-order.ts';
import type { ReadingStore } from '../storage/reading-store.ts';
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
}

/** The devices that have readings of the user in the range, by id. */
export const userDevices = async (
  store: ReadingStore,
  reader: RunReader,
  request: DevicesRequest,
  signal?: AbortSignal,
): Promise<DeviceSummary[]> => {
  const length = new RunLength();
  const devices = new Map<string, DeviceSummary>();
  const read = ([first, ...others]: Days) => {
    const sources = others.map((day) => day.source());
    return collecting.run(() => reader.devices(joinedSource([first.source(), ...sources])));
  };
  for await (const days of dayRuns(store.scan(request), length)) {
    if (signal?.aborted) throw new ClientGoneError();
    const found = (await readDays(store, request, days, read)) ?? [];
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
