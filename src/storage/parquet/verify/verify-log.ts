import { join } from 'node:path';
import type { EpochDay, EpochMicros, Sequence } from '../../../readings/reading.ts';
import type { SeriesRun } from '../../../readings/reading-batch.ts';
import { dayOf, formatTimestamp, parseTimestamp } from '../../../readings/timestamp.ts';
import type { Files } from '../disk/files.ts';
import { logFolder, parseSegmentName, type SequenceRange } from '../disk/layout.ts';
import type { LogRecord } from '../log/log-record.ts';
import { type Piece, piecesOf } from '../log/log-replay.ts';
import type { Report } from './finding.ts';
import type { HeartRateBounds } from './part-rows.ts';

const NEWLINE = 10;
const CLOSING_BRACE = 125;

/** What a segment holds, as far as its records can be read. */
export interface SegmentContent {
  readonly records: number;
  readonly readings: number;
  /** From the sequence in its name to the last that a record in it has. */
  readonly range: SequenceRange;
  readonly days: ReadonlySet<EpochDay>;
}

/** Checks segments of the log, which must be given in order. */
export class LogVerifier {
  readonly #files: Files;
  readonly #heartRates: HeartRateBounds;
  /** The last sequence so far, over all segments. */
  #lastSequence = 0;

  constructor(files: Files, heartRates: HeartRateBounds) {
    this.#files = files;
    this.#heartRates = heartRates;
  }

  async verify(
    dataDir: string,
    name: string,
    isLast: boolean,
    report: Report,
  ): Promise<SegmentContent> {
    const first = parseSegmentName(name) as Sequence;
    const content = await this.#files.read(join(logFolder(dataDir), name));
    if (content.length === 0) report({ code: 'empty-segment', cause: 'holds no record' });
    if (first <= this.#lastSequence) {
      const cause = `named ${first}, but sequence ${this.#lastSequence} is in a segment before it`;
      report({ code: 'record-order', cause });
    }
    this.#lastSequence = Math.max(this.#lastSequence, first - 1);
    const days = new Set<EpochDay>();
    let records = 0;
    let readings = 0;
    for (const piece of piecesOf(content)) {
      reportPiece(piece, content, isLast, report);
      if (!('record' in piece)) continue;
      const { record, start: offset } = piece;
      records++;
      this.#checkOrder(record, offset, report);
      if (record.kind === 'erasure') {
        const cause = `the erasure with sequence ${record.sequence} is not carried out everywhere`;
        report({ code: 'erasure-pending', offset, cause });
        continue;
      }
      readings += record.size;
      for (const run of record.runs) {
        for (const micros of run.timestampsMicros) days.add(dayOf(micros));
        const cause = wrongValues(run, this.#heartRates);
        if (cause !== undefined) report({ code: 'record-values', offset, cause });
      }
    }
    const last = Math.max(first, this.#lastSequence) as Sequence;
    return { records, readings, range: { first, last }, days };
  }

  #checkOrder(record: LogRecord, offset: number, report: Report): void {
    const { sequence } = record;
    if (sequence <= this.#lastSequence) {
      const cause = `sequence ${sequence} follows ${this.#lastSequence}`;
      report({ code: 'record-order', offset, cause });
    }
    // A record of no readings, which only tries whether the disk works, takes none for good.
    const taken = record.kind === 'readings' ? record.size : 1;
    this.#lastSequence = Math.max(this.#lastSequence, sequence + taken - 1);
  }
}

const reportPiece = (piece: Piece, content: Buffer, isLast: boolean, report: Report): void => {
  const { start: offset, end } = piece;
  if ('record' in piece) {
    const ending = content[end - 1];
    if (ending === NEWLINE) return;
    const isTorn = isLast && end === content.length && ending === CLOSING_BRACE;
    const cause = 'the line end is missing or damaged, the record itself is whole';
    report({ code: isTorn ? 'torn-tail' : 'line-end-damaged', offset, cause });
  } else if (piece.isTorn && isLast) {
    const cause = `${end - offset} bytes of a record that was never finished, so never acknowledged`;
    report({ code: 'torn-tail', offset, cause });
  } else {
    report({ code: 'record-damaged', offset, cause: `${end - offset} bytes: ${piece.damage}` });
  }
};

const wrongValues = (run: SeriesRun, { min, max }: HeartRateBounds): string | undefined => {
  const { timestampsMicros, heartRates } = run;
  if (timestampsMicros.length !== heartRates.length) {
    return `${timestampsMicros.length} timestamps, but ${heartRates.length} heart rates`;
  }
  const rate = heartRates.find((value) => !(value >= min && value <= max));
  if (rate !== undefined) return `heart rate ${rate} is not within ${min} to ${max}`;
  const micros =
    timestampsMicros.find((value) => !Number.isSafeInteger(value)) ??
    extremesOf(timestampsMicros).find((value) => parseTimestamp(formatTimestamp(value)) !== value);
  return micros === undefined ? undefined : `${micros} is no timestamp that is accepted`;
};

const extremesOf = (values: readonly EpochMicros[]): EpochMicros[] => {
  const [first, ...rest] = values;
  if (first === undefined) return [];
  let [smallest, largest] = [first, first];
  for (const value of rest) {
    if (value < smallest) smallest = value;
    else if (value > largest) largest = value;
  }
  return [smallest, largest];
};
