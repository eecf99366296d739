import { join } from 'node:path';
import type { EpochDay, Sequence } from '../../../readings/reading.ts';
import { formatDay, parseDay } from '../../../readings/timestamp.ts';
import { PART_ENDINGS, type PartVersion, partVersionOf } from '../../rows/part-file.ts';

/** Sequences in names are padded, so that the order of names is the order of sequences. */
const SEQUENCE_DIGITS = 16;
const SEGMENT_NAME = /^(\d{16})\.jsonl$/;
const PART_NAME = /^part-(\d{16})-(\d{16})(?:-(\d+))?-([0-9a-f]{8})(?:\.v[23])?\.parquet$/;
const DAY_FOLDER = /^date=(\d{4}-\d{2}-\d{2})$/;
const TEMPORARY_ENDING = '.tmp';

/** Both ends included. */
export interface SequenceRange {
  readonly first: Sequence;
  readonly last: Sequence;
}

const padded = (sequence: Sequence): string => String(sequence).padStart(SEQUENCE_DIGITS, '0');
const sequenceOf = (digits: string | undefined): Sequence => Number(digits) as Sequence;

/** Says which format the folder has. */
export const formatFile = (dataDir: string): string => join(dataDir, 'format.json');
/** Where processes that want the folder meet, see `folder-lock.ts`. */
export const lockFolderOf = (dataDir: string): string => join(dataDir, 'lock');
/** Says which process has the folder. */
export const ownerFile = (dataDir: string): string => join(lockFolderOf(dataDir), 'owner.json');
/** Says which sequences may have been given. */
export const sequenceFile = (dataDir: string): string => join(dataDir, 'sequence.json');
export const logFolder = (dataDir: string): string => join(dataDir, 'wal');
export const partitionsFolder = (dataDir: string): string => join(dataDir, 'heart_rate');
export const quarantineFolder = (dataDir: string): string => join(dataDir, 'quarantine');
export const dayFolder = (dataDir: string, day: EpochDay): string =>
  join(partitionsFolder(dataDir), `date=${formatDay(day)}`);

/** `0000000000000042.jsonl`: a segment is named by the first sequence that may be in it. */
export const segmentName = (first: Sequence): string => `${padded(first)}.jsonl`;

export const parseSegmentName = (name: string): Sequence | undefined => {
  const match = SEGMENT_NAME.exec(name);
  return match === null ? undefined : sequenceOf(match[1]);
};

/** Which readings of its day a part holds, and in which writing. */
export interface PartIdentity {
  readonly range: SequenceRange;
  /** How often it was rewritten, with readings erased or in a later version. */
  readonly rewrites: number;
}

/** What a part's name says. */
export interface PartName extends PartIdentity {
  readonly version: PartVersion;
  /** The CRC-32 of the file, in eight hexadecimal digits. */
  readonly checksum: string;
}

/** What is known of a part's name before its bytes are. */
export const partStem = ({ range, rewrites }: PartIdentity): string => {
  const rewrite = rewrites === 0 ? '' : `-${rewrites}`;
  return `part-${padded(range.first)}-${padded(range.last)}${rewrite}`;
};

/**
 * `part-0000000000000001-0000000000000042-5f1d0a3c.v3.parquet`, rewritten once
 * `part-…1-…42-1-90c1b7e2.v3.parquet`. Version 1 goes without saying.
 */
export const partName = (part: PartName): string =>
  `${partStem(part)}-${part.checksum}${PART_ENDINGS[part.version]}`;

export const parsePartName = (name: string): PartName | undefined => {
  const match = PART_NAME.exec(name);
  if (match === null) return undefined;
  const range = { first: sequenceOf(match[1]), last: sequenceOf(match[2]) };
  const [rewrites, checksum] = [Number(match[3] ?? 0), match[4] as string];
  return { range, rewrites, checksum, version: partVersionOf(name) };
};

export const parseDayFolder = (name: string): EpochDay | undefined => {
  const match = DAY_FOLDER.exec(name);
  return match?.[1] === undefined ? undefined : parseDay(match[1]);
};

/** What a file is called until it is complete; readers of the folder pass over such names. */
export const temporaryName = (name: string): string => `.${name}${TEMPORARY_ENDING}`;
export const isTemporary = (name: string): boolean => name.endsWith(TEMPORARY_ENDING);

const TEMPORARY_PART = /^\.part-(\d{16})-(\d{16})\b.*\.tmp$/;

/** The sequences of the part that a temporary file was to become, or to be a piece of. */
export const parseTemporaryPart = (name: string): SequenceRange | undefined => {
  const match = TEMPORARY_PART.exec(name);
  return match === null ? undefined : { first: sequenceOf(match[1]), last: sequenceOf(match[2]) };
};

export const covers = (outer: SequenceRange, inner: SequenceRange): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

/** Whether the first part takes the place of the second: all of its sequences, or a rewrite. */
export const supersedes = (one: PartIdentity, other: PartIdentity): boolean =>
  covers(one.range, other.range) &&
  (!covers(other.range, one.range) || one.rewrites > other.rewrites);
