import pl from 'nodejs-polars';
import type { EpochDay, Sequence } from '../../../readings/reading.ts';
import {
  dayStart,
  formatDay,
  MICROS_PER_DAY,
  MICROS_PER_MINUTE,
} from '../../../readings/timestamp.ts';
import { type PartVersion, READING_COLUMNS } from '../../rows/part-file.ts';
import { slicesOf } from '../parts/part-slices.ts';
import type { FindingCode, Report } from './finding.ts';

/** Rows that are looked at together; each row is compared with the one before it. */
const SLICE = { rows: 500_000, overlap: 1 };

/** Which heart rates are accepted, both ends included; beats a minute. */
export interface HeartRateBounds {
  readonly min: number;
  readonly max: number;
}

/** What must be true of every row of a part. */
export interface ExpectedRows {
  readonly version: PartVersion;
  readonly day: EpochDay;
  readonly sequence: Sequence;
  readonly heartRates: HeartRateBounds;
}

interface RowCheck {
  readonly code: FindingCode;
  readonly cause: string;
  /** True for a row that breaks the rule. */
  readonly breaks: pl.Expr;
}

const HEART_RATE = pl.col('heart_rate');
const TIMESTAMP_MICROS = pl.col('timestamp').cast(pl.Int64);
const SEQUENCE = pl.col('sequence');

const int64 = (value: number): pl.Expr => pl.lit(value).cast(pl.Int64);
const int32 = (value: number): pl.Expr => pl.lit(value).cast(pl.Int32);

/** Whether the row before is larger by the first column that differs. */
const isAfterNext = ([name, ...rest]: readonly string[]): pl.Expr => {
  const column = pl.col(name as string);
  const before = column.shift(1);
  if (rest.length === 0) return before.gt(column);
  return before.gt(column).or(before.eq(column).and(isAfterNext(rest)));
};

/** By which columns the rows of a part ascend. */
const PART_ORDER: Readonly<Record<PartVersion, readonly string[]>> = {
  1: ['user_id', 'timestamp', 'device_id'],
  2: ['user_id', 'timestamp', 'device_id'],
  3: ['user_id', 'device_id', 'timestamp'],
};

const SAME_AS_BEFORE = PART_ORDER[3]
  .map((name) => pl.col(name).eq(pl.col(name).shift(1)))
  .reduce((all, one) => all.and(one));

const ANY_NULL = READING_COLUMNS.map((name) => pl.col(name).isNull()).reduce((any, one) =>
  any.or(one),
);

const outside = (name: string, min: number, max: number): pl.Expr =>
  pl
    .col(name)
    .lt(int32(min))
    .or(pl.col(name).gt(int32(max)));

/** True for a row whose timestamp is not written in the one way it should be. */
const ODD_TIME: Readonly<Record<PartVersion, pl.Expr>> = {
  1: pl.lit(false),
  2: outside('second', 0, 59)
    .or(outside('microsecond', 0, 999_999))
    .or(pl.col('minute').cast(pl.Int64).modulo(int64(MICROS_PER_MINUTE)).neq(int64(0))),
  3: pl.lit(false),
};

const rowChecks = ({ version, day, sequence, heartRates }: ExpectedRows): RowCheck[] => [
  { code: 'part-null', cause: 'a value is missing', breaks: ANY_NULL },
  {
    code: 'part-order',
    cause: `not sorted by ${PART_ORDER[version].join(', ')}`,
    breaks: isAfterNext(PART_ORDER[version]),
  },
  {
    code: 'part-identity',
    cause: 'the same user, device and timestamp as the row before',
    breaks: SAME_AS_BEFORE,
  },
  {
    code: 'part-time',
    cause: 'the parts of the timestamp are not a whole minute, a second and a microsecond',
    breaks: ODD_TIME[version],
  },
  {
    code: 'part-day',
    cause: `the timestamp is not on ${formatDay(day)}`,
    breaks: TIMESTAMP_MICROS.lt(int64(dayStart(day))).or(
      TIMESTAMP_MICROS.gtEq(int64(dayStart(day) + MICROS_PER_DAY)),
    ),
  },
  {
    code: 'part-sequence',
    cause: `the sequence is not ${sequence}, the last of the part's range`,
    breaks: SEQUENCE.neq(int64(sequence)),
  },
  {
    code: 'part-heart-rate',
    cause: `the heart rate is not within ${heartRates.min} to ${heartRates.max}`,
    // Polars holds that NaN is larger than any number.
    breaks: HEART_RATE.lt(pl.lit(heartRates.min)).or(HEART_RATE.gt(pl.lit(heartRates.max))),
  },
];

/** How many rows break each rule, and which is the first. */
class BrokenRows {
  readonly #checks: readonly RowCheck[];
  readonly #found = new Map<RowCheck, { rows: number; first: number }>();
  readonly #columns: readonly pl.Expr[];

  constructor(checks: readonly RowCheck[]) {
    this.#checks = checks;
    this.#columns = checks.flatMap(({ code, breaks }) => {
      const broken = breaks.fillNull(false);
      const first = pl.col('row').filter(broken).min().alias(`${code} first`);
      return [broken.sum().alias(`${code} rows`), first];
    });
  }

  /** Looks at a slice whose first row has the index `from`. */
  async add(slice: pl.LazyDataFrame, from: number): Promise<void> {
    const looked = slice.withRowIndex('row', from).select(...this.#columns);
    const [counts] = (await looked.collect()).toRecords() as [Record<string, number | null>];
    for (const check of this.#checks) {
      const rows = counts[`${check.code} rows`] ?? 0;
      const first = counts[`${check.code} first`] ?? 0;
      const before = this.#found.get(check);
      if (rows > 0) {
        this.#found.set(check, { rows: rows + (before?.rows ?? 0), first: before?.first ?? first });
      }
    }
  }

  report(report: Report): void {
    for (const [{ code, cause }, { rows, first }] of this.#found) {
      report({ code, row: first, cause: rows === 1 ? cause : `${cause} (${rows} rows)` });
    }
  }
}

/**
 * What tells whether a slice needs a closer look. Built once: building an expression costs more
 * than running it.
 */
const overviewOf = (version: PartVersion): pl.Expr[] => [
  pl.len().alias('rows'),
  ANY_NULL.or(isAfterNext(PART_ORDER[version]))
    .or(SAME_AS_BEFORE)
    .or(HEART_RATE.isNan())
    .or(ODD_TIME[version])
    .fillNull(false)
    .sum()
    .alias('odd'),
  TIMESTAMP_MICROS.min().alias('first'),
  TIMESTAMP_MICROS.max().alias('last'),
  SEQUENCE.min().alias('minSequence'),
  SEQUENCE.max().alias('maxSequence'),
  HEART_RATE.min().alias('minRate'),
  HEART_RATE.max().alias('maxRate'),
];
const OVERVIEW = { 1: overviewOf(1), 2: overviewOf(2), 3: overviewOf(3) };

interface Overview {
  readonly rows: number;
  readonly odd: number;
  readonly first: number;
  readonly last: number;
  readonly minSequence: number;
  readonly maxSequence: number;
  readonly minRate: number;
  readonly maxRate: number;
}

const isAsExpected = (found: Overview, { day, sequence, heartRates }: ExpectedRows): boolean =>
  found.odd === 0 &&
  found.first >= dayStart(day) &&
  found.last < dayStart(day) + MICROS_PER_DAY &&
  found.minSequence === sequence &&
  found.maxSequence === sequence &&
  found.minRate >= heartRates.min &&
  found.maxRate <= heartRates.max;

/** Checks every row of a part; resolves with how many Polars found. */
export const verifyRows = async (
  path: string,
  expected: ExpectedRows,
  report: Report,
): Promise<number> => {
  let broken: BrokenRows | undefined;
  let rows = 0;
  for await (const slice of slicesOf(path, SLICE)) {
    const [found] = (await slice.select(...OVERVIEW[expected.version]).collect()).toRecords() as [
      unknown,
    ];
    const overview = found as Overview;
    const overlap = Math.min(rows, SLICE.overlap);
    if (!isAsExpected(overview, expected)) {
      broken ??= new BrokenRows(rowChecks(expected));
      await broken.add(slice, rows - overlap);
    }
    rows += overview.rows - overlap;
  }
  broken?.report(report);
  return rows;
};
