/** What verify calls what it finds. */
export type FindingCode = keyof typeof SEVERITIES;

/** Findings are wrong; notes are what a crash, or a running service, leaves and the next start tidies. */
const SEVERITIES = {
  'format-damaged': 'finding',
  'format-unknown': 'finding',
  'format-missing': 'note',
  'sequence-damaged': 'finding',
  'unknown-file': 'finding',
  unreadable: 'finding',
  'record-damaged': 'finding',
  'line-end-damaged': 'finding',
  'record-order': 'finding',
  'record-values': 'finding',
  'torn-tail': 'note',
  'empty-segment': 'note',
  'segment-in-parts': 'note',
  'erasure-pending': 'note',
  'part-checksum': 'finding',
  'part-footer': 'finding',
  'part-columns': 'finding',
  'part-rows': 'finding',
  'part-null': 'finding',
  'part-order': 'finding',
  'part-identity': 'finding',
  'part-time': 'finding',
  'part-day': 'finding',
  'part-sequence': 'finding',
  'part-heart-rate': 'finding',
  'part-user-filter': 'finding',
  'parts-overlap': 'finding',
  'superseded-part': 'note',
  'temporary-file': 'note',
  quarantined: 'finding',
} as const;

/** Something to know of a file. */
export interface Finding {
  readonly code: FindingCode;
  /** Its path from the data folder, with slashes. */
  readonly file: string;
  /** Where in the file it begins, in bytes; for a log segment. */
  readonly offset?: number;
  /** The first row it is true of, counted from 0; for a part. */
  readonly row?: number;
  /** What is wrong, in words. */
  readonly cause: string;
}

export const isNote = ({ code }: Finding): boolean => SEVERITIES[code] === 'note';

/** Takes what is found in one file. */
export type Report = (finding: Omit<Finding, 'file'>) => void;
