import { Command, Option } from 'commander';
import { parseTimestamp } from '../../readings/timestamp.ts';
import { httpUrl, timestamp, wholeNumber } from '../argument-parsers.ts';
import type { Dataset } from './measurements.ts';

export interface GeneratorOptions {
  readonly url: string;
  /** Readings a second; 0 means as fast as the service takes them. */
  readonly rate: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  /** Whether the outcome is one JSON object instead of text. */
  readonly json: boolean;
  readonly dataset: Dataset;
}

type Numbers = Record<
  'rate' | 'concurrency' | 'seed' | 'users' | 'devices' | 'count' | 'daysBack',
  number
>;
type Values = Numbers & { readonly url: string; readonly until?: string; readonly json?: boolean };

const DESCRIPTION =
  'Sends made-up readings of several people and devices to a running service, as devices do: at ' +
  'once, out of order, late, twice, corrected, in bursts. Then reads every series back and ' +
  'compares it with what was sent. Ends with 0 only if nothing failed and all is equal. The ' +
  'same seed, numbers and --until mean the very same readings, so a run can be repeated.';

const MS_PER_HOUR = 3_600_000;

const untilMsOf = (text: string | undefined, nowMs: number): number => {
  const micros = text === undefined ? undefined : parseTimestamp(text);
  if (micros !== undefined) return Math.floor(micros / 1000);
  return Math.floor(nowMs / MS_PER_HOUR) * MS_PER_HOUR;
};

const optionsOf = ({ url, rate, concurrency, json, until, ...numbers }: Values, nowMs: number) => ({
  url,
  rate,
  concurrency,
  json: json === true,
  dataset: { ...numbers, untilMs: untilMsOf(until, nowMs) },
});

/** The sub-command; `run` gets what the command line says. */
export const generateDataCommand = (
  run: (options: GeneratorOptions) => Promise<void>,
  nowMs: () => number = Date.now,
): Command => {
  const number = (name: string, what: string, min: number, max: number, byDefault: number) =>
    new Option(`--${name} <n>`, what).default(byDefault).argParser(wholeNumber(min, max));
  return new Command('generate-data')
    .summary('send made-up readings and check what the service answers')
    .description(DESCRIPTION)
    .option('--url <url>', 'where the service is', httpUrl, 'http://127.0.0.1:8000')
    .addOption(number('count', 'readings to send', 1, 10_000_000, 10_000))
    .addOption(number('rate', 'readings a second; 0: no limit', 0, 1_000_000, 84))
    .addOption(number('concurrency', 'requests under way at once', 1, 1_000, 16))
    .addOption(number('users', 'people', 1, 10_000, 5))
    .addOption(number('devices', 'devices of each, device_a and so on, up to 26', 1, 26, 3))
    .addOption(number('days-back', 'days that the readings are spread over', 1, 3_650, 2))
    .option('--until <timestamp>', 'the end of those days (default: the last full hour)', timestamp)
    .addOption(number('seed', 'another seed, other people and readings', 0, 0xffff_ffff, 1))
    .option('--json', 'the outcome as JSON')
    .action((values: Values) => run(optionsOf(values, nowMs())));
};
