import type { Sequence } from '../../src/readings/reading.ts';
import { checkedLine } from '../../src/storage/parquet/disk/checked-line.ts';
import { encodeBody, type LogEntry } from '../../src/storage/parquet/log/log-record.ts';

/** The entry as a line of the log, its end included. */
export const encodeRecord = (sequence: Sequence, entry: LogEntry): string =>
  checkedLine(encodeBody(sequence, entry));
