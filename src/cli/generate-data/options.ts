import { parseArgs } from 'node:util';
import type { Dataset } from './measurements.ts';

export interface GeneratorOptions {
  readonly url: string;
  /** Readings a second; 0 means as fast as the service takes them. */
  readonly rate: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  readonly dataset: Dataset;
}

/** Something on the command line is wrong; the message says what. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: npm run generate-data -- [options]

Sends made-up readings of several people and devices to a running service, as devices do: at once,
out of order, late, twice, corrected, in bursts. Then reads every series back and compares it with
what was sent. The exit code is 0 only if nothing failed and all is equal.

  --url <url>          where the service is           (default http://127.0.0.1:8000)
  --count <n>          readings to send                                (default 10000)
  --rate <n>           readings a second; 0: no limit      (default 84, about 2 minutes)
  --concurrency <n>    requests under way at once                         (default 16)
  --users <n>          people                                              (default 5)
  --devices <n>        devices of each, device_a and so on, up to 26       (default 3)
  --days-back <n>      days that the readings are spread over              (default 2)
  --until <timestamp>  the end of those days           (default: the last full hour)
  --seed <n>           another seed, other people and readings             (default 1)
  --help

The same seed, numbers and --until mean the very same readings, so a run can be repeated.
`;

const MS_PER_HOUR = 3_600_000;

const parse = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { ...text, default: 'http://127.0.0.1:8000' },
        count: { ...text, default: '10000' },
        rate: { ...text, default: '84' },
        concurrency: { ...text, default: '16' },
        users: { ...text, default: '5' },
        devices: { ...text, default: '3' },
        'days-back': { ...text, default: '2' },
        until: text,
        seed: { ...text, default: '1' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const wholeNumber = (name: string, text: string, min: number, max: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
};

const instant = (text: string | undefined, nowMs: number): number => {
  if (text === undefined) return Math.floor(nowMs / MS_PER_HOUR) * MS_PER_HOUR;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new UsageError(`--until must be a timestamp, not "${text}"`);
  return atMs;
};

const httpUrl = (text: string): string => {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new UsageError(`--url must be an http or https URL, not "${text}"`);
};

/**
 * What the command line says, or 'help' when it asks for that.
 * Throws a {@link UsageError} when it says something that makes no sense.
 */
export const readOptions = (args: readonly string[], nowMs: number): GeneratorOptions | 'help' => {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    url: httpUrl(values.url),
    rate: wholeNumber('rate', values.rate, 0, 1_000_000),
    concurrency: wholeNumber('concurrency', values.concurrency, 1, 1_000),
    dataset: {
      seed: wholeNumber('seed', values.seed, 0, 0xffff_ffff),
      users: wholeNumber('users', values.users, 1, 10_000),
      devices: wholeNumber('devices', values.devices, 1, 26),
      count: wholeNumber('count', values.count, 1, 10_000_000),
      untilMs: instant(values.until, nowMs),
      daysBack: wholeNumber('days-back', values['days-back'], 1, 3_650),
    },
  };
};
