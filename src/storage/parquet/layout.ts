import { join } from 'node:path';
import type { EpochDay, Sequence } from '../../readings/reading.ts';
import { formatDay, parseDay } from '../../readings/timestamp.ts';

/** Sequences in names are padded, so that the order of names is the order of sequences. */
const SEQUENCE_DIGITS = 16;
const SEGMENT_NAME = /^(\d{16})\.jsonl$/;
const PART_NAME = /^part-(\d{16})-(\d{16})\.parquet$/;
const DAY_FOLDER = /^date=(\d{4}-\d{2}-\d{2})$/;
const TEMPORARY_ENDING = '.tmp';

/** Both ends included. */
export interface SequenceRange {
  readonly first: Sequence;
  readonly last: Sequence;
}

const padded = (sequence: Sequence): string => String(sequence).padStart(SEQUENCE_DIGITS, '0');
const sequenceOf = (digits: string | undefined): Sequence => Number(digits) as Sequence;

export const logFolder = (dataDir: string): string => join(dataDir, 'wal');
export const partitionsFolder = (dataDir: string): string => join(dataDir, 'heart_rate');
export const dayFolder = (dataDir: string, day: EpochDay): string =>
  join(partitionsFolder(dataDir), `date=${formatDay(day)}`);

/** `0000000000000042.jsonl`: a segment is named by the first sequence that may be in it. */
export const segmentName = (first: Sequence): string => `${padded(first)}.jsonl`;

export const parseSegmentName = (name: string): Sequence | undefined => {
  const match = SEGMENT_NAME.exec(name);
  return match === null ? undefined : sequenceOf(match[1]);
};

/** `part-0000000000000001-0000000000000042.parquet` */
export const partName = ({ first, last }: SequenceRange): string =>
  `part-${padded(first)}-${padded(last)}.parquet`;

export const parsePartName = (name: string): SequenceRange | undefined => {
  const match = PART_NAME.exec(name);
  if (match === null) return undefined;
  return { first: sequenceOf(match[1]), last: sequenceOf(match[2]) };
};

export const parseDayFolder = (name: string): EpochDay | undefined => {
  const match = DAY_FOLDER.exec(name);
  return match?.[1] === undefined ? undefined : parseDay(match[1]);
};

/** What a file is called until it is complete; readers of the folder pass over such names. */
export const temporaryName = (name: string): string => `.${name}${TEMPORARY_ENDING}`;
export const isTemporary = (name: string): boolean => name.endsWith(TEMPORARY_ENDING);

export const covers = (outer: SequenceRange, inner: SequenceRange): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;
