import { crc32 } from 'node:zlib';
import type { EpochMicros, Sequence } from '../../readings/reading.ts';
import type { ReadingBatch, SeriesRun } from '../../readings/reading-batch.ts';

/**
 * One line of the log: one batch, stored whole or not at all.
 *
 *     {"crc":"5f1d0a3c","v":1,"seq":42,"runs":[["user_123","device_a",[1705312800000000],[72]]]}
 *
 * `crc` is the CRC-32 (zlib's) of the bytes after its comma up to the end of the line, in eight
 * hexadecimal digits. `seq` is the sequence of the batch's first reading; the others follow. Each
 * run is a series: user, device, timestamps in microseconds, heart rates.
 */
export interface LogRecord {
  readonly sequence: Sequence;
  readonly size: number;
  readonly runs: readonly SeriesRun[];
}

const FORMAT_VERSION = 1;
const HEAD = '{"crc":"';
const CHECKSUM_DIGITS = 8;
/** `{"crc":"xxxxxxxx",` */
const BODY_OFFSET = HEAD.length + CHECKSUM_DIGITS + 2;

const hex = (checksum: number): string => checksum.toString(16).padStart(CHECKSUM_DIGITS, '0');

const encodeRun = (run: SeriesRun): string =>
  `[${JSON.stringify(run.userId)},${JSON.stringify(run.deviceId)},[${run.timestampsMicros.join()}],[${run.heartRates.join()}]]`;

/** The batch as a line, its end included. */
export const encodeRecord = (sequence: Sequence, batch: ReadingBatch): string => {
  const runs = batch.runs.map(encodeRun).join();
  const body = `"v":${FORMAT_VERSION},"seq":${sequence},"runs":[${runs}]}`;
  return `${HEAD}${hex(crc32(body))}",${body}\n`;
};

/**
 * The record a line holds (without its end), or what is wrong with it, in words.
 * A checksum that holds means the line is as it was written, so its shape is not checked again.
 */
export const decodeRecord = (line: Buffer): LogRecord | string => {
  if (line.length <= BODY_OFFSET || line.toString('latin1', 0, HEAD.length) !== HEAD) {
    return 'not a log record';
  }
  const written = line.toString('latin1', HEAD.length, HEAD.length + CHECKSUM_DIGITS);
  const body = line.subarray(BODY_OFFSET);
  const computed = hex(crc32(body));
  if (computed !== written) return `checksum is ${written}, content gives ${computed}`;

  const record = JSON.parse(`{${body.toString()}`) as WireRecord;
  if (record.v !== FORMAT_VERSION) return `format version ${record.v} is not known`;
  let size = 0;
  const runs = record.runs.map(([userId, deviceId, timestampsMicros, heartRates]) => {
    size += timestampsMicros.length;
    return { userId, deviceId, timestampsMicros, heartRates };
  });
  return { sequence: record.seq, size, runs };
};

interface WireRecord {
  readonly v: number;
  readonly seq: Sequence;
  readonly runs: readonly [string, string, EpochMicros[], number[]][];
}
