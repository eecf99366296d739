import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Which workloads, by number. */
  readonly only: readonly number[];
  readonly rounds: number;
  /** How long each timed turn of a round lasts. */
  readonly seconds: number;
  /** People in the store of one day. */
  readonly users: number;
  /** People in the store of ten days. */
  readonly usersOfTenDays: number;
  readonly soakMinutes: number;
  readonly yearSyncMinutes: number;
  /** On so many days a POST of late data has a reading. */
  readonly lateDays: number;
  /** Days of the user whose year is asked for. */
  readonly yearDays: number;
  readonly logReadings: number;
  /** Where the JSON goes: a file, or `-` for standard output. */
  readonly json: string | undefined;
}

/** Something on the command line is wrong; the message says what. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const WORKLOADS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17] as const;

export const USAGE = `Usage: npm run bench -- [options]

  --only <n,n>          of these workloads:                              (default all)
                          1 single POSTs        8 start-up
                          2 batches             9 late data on 10,000 days
                          3 a user's day        10 years that are synced
                          4 ten days, late data 11 a user's year
                          5 queries while POSTs 12 erasures with 10,000 days
                          6 bytes a reading     13 a day of load, simulated
                          7 memory                14 latest readings, 1,000 days
                         15 one writer, 1,000 live readers
                         16 exports of a million readings
                         17 single POSTs, what keys and limits cost
  --rounds <n>          turns of each, in alternation                    (default 2)
  --seconds <n>         length of a turn                                 (default 4)
  --soak-minutes <n>    length of the soak for memory                    (default 1)
  --year-sync-minutes <n>
                        length of the sync of years                      (default 2)
  --log-readings <n>    readings in the log at start-up                  (default 1000000)
  --json [file]         the figures as JSON too, to a file or standard output
  --full                100 people, not 20, in the store of ten days
  --quick               everything once and small, to see that it works
  --help
`;

const SIZES = {
  quick: {
    rounds: 1,
    seconds: 1,
    users: 20,
    usersOfTenDays: 4,
    soak: 0.2,
    yearSync: 0.2,
    lateDays: 300,
    yearDays: 30,
    log: 100_000,
  },
  usual: {
    rounds: 2,
    seconds: 4,
    users: 100,
    usersOfTenDays: 20,
    soak: 1,
    yearSync: 2,
    lateDays: 10_000,
    yearDays: 365,
    log: 1_000_000,
  },
} as const;

/** Gives a bare `--json` the value that means standard output; parseArgs knows no optional ones. */
const withJsonTarget = (args: readonly string[]): string[] =>
  args.flatMap((arg, at) => {
    const next = args[at + 1];
    const isBare = arg === '--json' && (next === undefined || next.startsWith('--'));
    return isBare ? ['--json=-'] : [arg];
  });

const parse = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: withJsonTarget(args),
      options: {
        only: text,
        rounds: text,
        seconds: text,
        'soak-minutes': text,
        'year-sync-minutes': text,
        'log-readings': text,
        json: text,
        full: flag,
        quick: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const numberOr = (name: string, text: string | undefined, byDefault: number): number => {
  if (text === undefined) return byDefault;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0) return value;
  throw new UsageError(`--${name} must be a number above 0, not "${text}"`);
};

const wholeNumberOr = (name: string, text: string | undefined, byDefault: number): number => {
  const value = numberOr(name, text, byDefault);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`--${name} must be a whole number, not "${text}"`);
};

const workloads = (text: string | undefined): readonly number[] => {
  if (text === undefined) return WORKLOADS;
  const wanted = text.split(',').map(Number);
  const unknown = wanted.find((one) => !WORKLOADS.some((known) => known === one));
  if (unknown === undefined) return WORKLOADS.filter((one) => wanted.includes(one));
  throw new UsageError(`--only must be numbers from 1 to ${WORKLOADS.length}, not "${text}"`);
};

/**
 * What the command line says, or 'help' when it asks for that.
 * Throws a {@link UsageError} when it says something that makes no sense.
 */
export const readOptions = (args: readonly string[]): BenchOptions | 'help' => {
  const values = parse(args);
  if (values.help) return 'help';
  const size = values.quick ? SIZES.quick : SIZES.usual;
  return {
    only: workloads(values.only),
    rounds: wholeNumberOr('rounds', values.rounds, size.rounds),
    seconds: numberOr('seconds', values.seconds, size.seconds),
    users: size.users,
    usersOfTenDays: values.full ? 100 : size.usersOfTenDays,
    soakMinutes: numberOr('soak-minutes', values['soak-minutes'], size.soak),
    yearSyncMinutes: numberOr('year-sync-minutes', values['year-sync-minutes'], size.yearSync),
    lateDays: size.lateDays,
    yearDays: size.yearDays,
    logReadings: wholeNumberOr('log-readings', values['log-readings'], size.log),
    json: values.json,
  };
};
