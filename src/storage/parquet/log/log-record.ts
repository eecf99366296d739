import type { EpochMicros, Sequence } from '../../../readings/reading.ts';
import type { ReadingBatch, SeriesRun } from '../../../readings/reading-batch.ts';
import { checkedBody } from '../disk/checked-line.ts';

/**
 * What one line of the log says, all of it or nothing:
 *
 *     {"crc":"5f1d0a3c","v":1,"seq":42,"runs":[["user_123","device_a",[1705312800000000],[72]]]}
 *     {"crc":"90c1b7e2","v":1,"seq":43,"erase":"user_123"}
 *
 * `crc` is the CRC-32 (zlib's) of the bytes after its comma up to the end of the line, in eight
 * hexadecimal digits. `seq` is the sequence of a batch's first reading, the others follow; each of
 * its runs is a series: user, device, timestamps in microseconds, heart rates. An erasure takes
 * one sequence: every reading of the user with a smaller one is void.
 */
export type LogRecord =
  | {
      readonly kind: 'readings';
      readonly sequence: Sequence;
      readonly size: number;
      readonly runs: readonly SeriesRun[];
    }
  | { readonly kind: 'erasure'; readonly sequence: Sequence; readonly userId: string };

/** What is to become a record, once it has its sequence. */
export type LogEntry =
  | { readonly kind: 'readings'; readonly batch: ReadingBatch }
  | { readonly kind: 'erasure'; readonly userId: string };

/** How many sequences an entry takes: at least one, so that no two segments get the same name. */
export const sequencesOf = (entry: LogEntry): number =>
  entry.kind === 'readings' ? Math.max(1, entry.batch.size) : 1;

const FORMAT_VERSION = 1;

const encodeRun = ({ userId, deviceId, timestampsMicros, heartRates }: SeriesRun): string =>
  `[${quoted(userId)},${quoted(deviceId)},[${joined(timestampsMicros)}],[${joined(heartRates)}]]`;

/** What JSON writes as it is. `JSON.stringify` takes three times as long to find that out. */
const PLAIN = /^[\w.:@ -]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** `join` takes three times as long for a single one. */
const joined = (values: readonly number[]): string =>
  values.length === 1 ? String(values[0]) : values.join();

/** The entry as the body of a checked line. */
export const encodeBody = (sequence: Sequence, entry: LogEntry): string => {
  const content =
    entry.kind === 'readings'
      ? `"runs":[${entry.batch.runs.map(encodeRun).join()}]`
      : `"erase":${JSON.stringify(entry.userId)}`;
  return `"v":${FORMAT_VERSION},"seq":${sequence},${content}}`;
};

/**
 * The record a line holds (without its end), or what is wrong with it, in words.
 * A checksum that holds means the line is as it was written, so its shape is not checked again.
 */
export const decodeRecord = (line: Buffer): LogRecord | string => {
  const body = checkedBody(line);
  if (typeof body === 'string') return body;
  const record = JSON.parse(`{${body.toString()}`) as WireRecord;
  if (record.v !== FORMAT_VERSION) return `format version ${record.v} is not known`;
  const sequence = record.seq;
  if ('erase' in record) return { kind: 'erasure', sequence, userId: record.erase };
  let size = 0;
  const runs = record.runs.map(([userId, deviceId, timestampsMicros, heartRates]) => {
    size += timestampsMicros.length;
    return { userId, deviceId, timestampsMicros, heartRates };
  });
  return { kind: 'readings', sequence, size, runs };
};

type WireRecord = { readonly v: number; readonly seq: Sequence } & (
  | { readonly runs: readonly [string, string, EpochMicros[], number[]][] }
  | { readonly erase: string }
);
