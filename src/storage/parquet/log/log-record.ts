import { type Erasure, isOfWholeUser } from '../../../readings/erasure.ts';
import type { EpochMicros, Sequence } from '../../../readings/reading.ts';
import type { ReadingBatch, SeriesRun } from '../../../readings/reading-batch.ts';
import { checkedBody } from '../disk/checked-line.ts';

/**
 * What one line of the log says, all of it or nothing:
 *
 *     {"crc":"5f1d0a3c","v":1,"seq":42,"runs":[["user_123","device_a",[1705312800000000],[72]]]}
 *     {"crc":"90c1b7e2","v":1,"seq":43,"erase":"user_123"}
 *     {"crc":"0b77ab4e","v":2,"seq":44,"erase":"user_123","device":"device_a","start":0,"end":60}
 *
 * `crc` is the CRC-32 (zlib's) of the bytes after its comma up to the end of the line, in eight
 * hexadecimal digits. `seq` is the sequence of a batch's first reading, the others follow; each of
 * its runs is a series: user, device, timestamps in microseconds, heart rates. An erasure takes
 * one sequence: every reading with a smaller one that it covers is void. One that covers less than
 * all of a user is of version 2, so that nobody who knows version 1 alone takes it for more.
 */
export type LogRecord =
  | {
      readonly kind: 'readings';
      readonly sequence: Sequence;
      readonly size: number;
      readonly runs: readonly SeriesRun[];
    }
  | { readonly kind: 'erasure'; readonly sequence: Sequence; readonly erasure: Erasure };

/** What is to become a record, once it has its sequence. */
export type LogEntry =
  | { readonly kind: 'readings'; readonly batch: ReadingBatch }
  | { readonly kind: 'erasure'; readonly erasure: Erasure };

/** How many sequences an entry takes: at least one, so that no two segments get the same name. */
export const sequencesOf = (entry: LogEntry): number =>
  entry.kind === 'readings' ? Math.max(1, entry.batch.size) : 1;

const VERSION = 1;
const NARROW_ERASURE_VERSION = 2;

/** What JSON writes as it is. */
const PLAIN = /^[\w.:@ -]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** A single reading is put together in two thirds of the time that `JSON.stringify` takes for it. */
const encodeRuns = ({ size, runs }: ReadingBatch): string => {
  const [first] = runs;
  if (size === 1 && first !== undefined) {
    const { userId, deviceId, timestampsMicros, heartRates } = first;
    return `[[${quoted(userId)},${quoted(deviceId)},[${timestampsMicros[0]}],[${heartRates[0]}]]]`;
  }
  return JSON.stringify(
    runs.map((run) => [run.userId, run.deviceId, run.timestampsMicros, run.heartRates]),
  );
};

const encodeErasure = (sequence: Sequence, erasure: Erasure): string => {
  const { userId, deviceId, range } = erasure;
  const record: WireErasure = {
    v: isOfWholeUser(erasure) ? VERSION : NARROW_ERASURE_VERSION,
    seq: sequence,
    erase: userId,
    ...(deviceId === undefined ? {} : { device: deviceId }),
    ...(range === undefined ? {} : { start: range.startMicros, end: range.endMicros }),
  };
  return JSON.stringify(record).slice(1);
};

/** The entry as the body of a checked line. */
export const encodeBody = (sequence: Sequence, entry: LogEntry): string => {
  if (entry.kind === 'erasure') return encodeErasure(sequence, entry.erasure);
  return `"v":${VERSION},"seq":${sequence},"runs":${encodeRuns(entry.batch)}}`;
};

/**
 * The record a line holds (without its end), or what is wrong with it, in words.
 * A checksum that holds means the line is as it was written, so its shape is not checked again.
 */
export const decodeRecord = (line: Buffer): LogRecord | string => {
  const body = checkedBody(line);
  if (typeof body === 'string') return body;
  return recordOf(JSON.parse(`{${body.toString()}`) as WireRecord);
};

/** The records of a JSON array of lines that are intact, or what is wrong with one, in words. */
export const decodeRecords = (array: string): (LogRecord | string)[] =>
  (JSON.parse(array) as WireRecord[]).map(recordOf);

const recordOf = (record: WireRecord): LogRecord | string => {
  const newest = 'erase' in record ? NARROW_ERASURE_VERSION : VERSION;
  if (!(record.v >= VERSION && record.v <= newest)) {
    return `format version ${record.v} is not known`;
  }
  const sequence = record.seq;
  if ('erase' in record) return { kind: 'erasure', sequence, erasure: erasureOf(record) };
  let size = 0;
  const runs = record.runs.map(([userId, deviceId, timestampsMicros, heartRates]) => {
    size += timestampsMicros.length;
    return { userId, deviceId, timestampsMicros, heartRates };
  });
  return { kind: 'readings', sequence, size, runs };
};

const erasureOf = ({ erase: userId, device, start, end }: WireErasure): Erasure => ({
  userId,
  ...(device === undefined ? {} : { deviceId: device }),
  ...(start === undefined || end === undefined
    ? {}
    : { range: { startMicros: start, endMicros: end } }),
});

interface WireHead {
  readonly v: number;
  readonly seq: Sequence;
}

interface WireReadings extends WireHead {
  readonly runs: readonly [string, string, EpochMicros[], number[]][];
}

/** `start` and `end` in microseconds, both or none. */
interface WireErasure extends WireHead {
  readonly erase: string;
  readonly device?: string;
  readonly start?: EpochMicros;
  readonly end?: EpochMicros;
}

type WireRecord = WireReadings | WireErasure;
