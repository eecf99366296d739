import { firstAtLeast } from '../../readings/first-at-least.ts';
import type { EpochMicros, TimeRange } from '../../readings/reading.ts';
import { isInRange } from '../../readings/time-range.ts';
import type { UserRows } from '../rows/rows-source.ts';
import type { ChunkRow } from './chunk-row.ts';
import type { Voided } from './voided.ts';

/** From the first instant to just after the last; undefined when there is none. */
export const extentOf = (timestamps: Float64Array): TimeRange | undefined => {
  if (timestamps.length === 0) return undefined;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const micros of timestamps) {
    if (micros < first) first = micros;
    if (micros > last) last = micros;
  }
  return { startMicros: first as EpochMicros, endMicros: (last + 1) as EpochMicros };
};

/**
 * The chunks of a day, in order, as one set of columns. The place of a chunk is the sequence of its
 * rows: it says which was accepted later, and no more than that is asked of it.
 */
export const dayColumns = (chunks: readonly ChunkRow[]): UserRows => {
  const length = chunks.reduce((sum, { readings }) => sum + readings, 0);
  const places = new Map<string, number>();
  const devices = new Uint32Array(length);
  const timestamps = new Float64Array(length);
  const heartRates = new Float64Array(length);
  const sequences = new Float64Array(length);
  let at = 0;
  for (const [sequence, chunk] of chunks.entries()) {
    const own = chunk.deviceIds.map((deviceId) => placeIn(places, deviceId));
    if (own.length === 1) devices.fill(own[0] as number, at, at + chunk.readings);
    else {
      for (let row = 0; row < chunk.readings; row++) {
        devices[at + row] = own[chunk.devices.readUInt16LE(2 * row)] as number;
      }
    }
    copyInto(timestamps, at, chunk.timestamps);
    copyInto(heartRates, at, chunk.heartRates);
    sequences.fill(sequence, at, at + chunk.readings);
    at += chunk.readings;
  }
  return { deviceIds: [...places.keys()], devices, timestamps, heartRates, sequences };
};

const placeIn = (places: Map<string, number>, deviceId: string): number => {
  const known = places.get(deviceId) ?? places.size;
  places.set(deviceId, known);
  return known;
};

/** The bytes of a column may begin anywhere, where no Float64Array could. */
const copyInto = (column: Float64Array, at: number, bytes: Buffer): void => {
  new Uint8Array(column.buffer, at * Float64Array.BYTES_PER_ELEMENT, bytes.length).set(bytes);
};

/** Whether a row may stay: asked with its device, its instant and the place of its chunk. */
type IsKept = (deviceId: string, micros: EpochMicros, chunk: number) => boolean;

/** Those rows that are kept; the same columns when all are. */
export const rowsWhere = (rows: UserRows, isKept: IsKept): UserRows => {
  const { deviceIds, devices, timestamps, heartRates, sequences } = rows;
  const kept = new Uint32Array(timestamps.length);
  let length = 0;
  for (let row = 0; row < timestamps.length; row++) {
    const deviceId = deviceIds[devices[row] as number] as string;
    if (isKept(deviceId, timestamps[row] as EpochMicros, sequences[row] as number)) {
      kept[length++] = row;
    }
  }
  if (length === timestamps.length) return rows;
  const taken = kept.subarray(0, length);
  const floats = (column: Float64Array) => Float64Array.from(taken, (row) => column[row] as number);
  return {
    deviceIds,
    devices: taken.map((row) => devices[row] as number),
    timestamps: floats(timestamps),
    heartRates: floats(heartRates),
    sequences: floats(sequences),
  };
};

/** What erasures leave of the columns of chunks. */
export const withoutErased = (
  rows: UserRows,
  chunks: readonly ChunkRow[],
  voided: Voided,
): UserRows => {
  if (chunks.every(({ seq }) => seq > voided.newest)) return rows;
  return rowsWhere(
    rows,
    (deviceId, micros, place) => !voided.has(deviceId, micros, (chunks[place] as ChunkRow).seq),
  );
};

/** Those in a range, perhaps of one device. */
export const rowsWithin = (rows: UserRows, range: TimeRange, deviceId?: string): UserRows => {
  const extent = extentOf(rows.timestamps);
  const isAll =
    extent !== undefined &&
    extent.startMicros >= range.startMicros &&
    extent.endMicros <= range.endMicros &&
    (deviceId === undefined || rows.deviceIds.every((one) => one === deviceId));
  if (isAll) return rows;
  return rowsWhere(
    rows,
    (device, micros) => isInRange(micros, range) && (deviceId === undefined || device === deviceId),
  );
};

/** Whether the chunks follow each other in time, so that no two rows can share an identity. */
export const areApart = (chunks: readonly ChunkRow[], rows: UserRows): boolean => {
  let at = 0;
  const extents = chunks.flatMap(({ readings }) => {
    const extent = extentOf(rows.timestamps.subarray(at, at + readings));
    at += readings;
    return extent ?? [];
  });
  extents.sort((a, b) => a.startMicros - b.startMicros);
  return extents.every(
    ({ startMicros }, place) => place === 0 || (extents[place - 1]?.endMicros ?? 0) <= startMicros,
  );
};

/** Rows of one device. */
export interface DeviceRows {
  readonly deviceId: string;
  /** Microseconds since the epoch. */
  readonly timestamps: Float64Array;
  readonly heartRates: Float64Array;
}

/** The rows of each device that has any, in the order in which they are. */
const rowsByDevice = ({ deviceIds, devices, ...columns }: UserRows): DeviceRows[] => {
  const lengths = new Uint32Array(deviceIds.length);
  for (const device of devices) lengths[device] = (lengths[device] as number) + 1;
  const ofDevices = Array.from(lengths, (length, place) => ({
    deviceId: deviceIds[place] as string,
    timestamps: new Float64Array(length),
    heartRates: new Float64Array(length),
  }));
  const filled = new Uint32Array(deviceIds.length);
  for (let row = 0; row < devices.length; row++) {
    const device = devices[row] as number;
    const at = filled[device] as number;
    filled[device] = at + 1;
    const { timestamps, heartRates } = ofDevices[device] as DeviceRows;
    timestamps[at] = columns.timestamps[row] as number;
    heartRates[at] = columns.heartRates[row] as number;
  }
  return ofDevices.filter(({ timestamps }) => timestamps.length > 0);
};

/** Each instant once, ascending. A set of numbers would take five times as long. */
const instantsOf = ({ timestamps }: DeviceRows): Float64Array => {
  const sorted = timestamps.slice().sort();
  let length = 0;
  for (const micros of sorted) {
    if (length === 0 || sorted[length - 1] !== micros) sorted[length++] = micros;
  }
  return sorted.subarray(0, length);
};

/** Each identity of the rows once, ascending, with the value that it has last. */
export const lastOfEach = (rows: UserRows): DeviceRows[] =>
  rowsByDevice(rows).map((ofDevice) => {
    const instants = instantsOf(ofDevice);
    const heartRates = new Float64Array(instants.length);
    let place = 0;
    for (const [row, micros] of ofDevice.timestamps.entries()) {
      // As it is for nearly all: they come in the order of time.
      if (instants[place] !== micros) place = firstAtLeast(instants, micros);
      heartRates[place++] = ofDevice.heartRates[row] as number;
    }
    return { deviceId: ofDevice.deviceId, timestamps: instants, heartRates };
  });

/** How many different identities the rows have. */
export const identitiesIn = (rows: UserRows): number =>
  rowsByDevice(rows).reduce((sum, ofDevice) => sum + instantsOf(ofDevice).length, 0);
