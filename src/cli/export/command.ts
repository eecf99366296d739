import { Command, Option } from 'commander';
import type { components } from '../../../client/src/index.ts';
import { httpUrl, notEmpty, timestamp } from '../argument-parsers.ts';
import { type ExitCode, UsageError } from '../exit-codes.ts';
import type { ExportRequest } from './export-readings.ts';

const DESCRIPTION =
  'Writes the raw readings of a person to a file, or to standard output. The file appears only ' +
  'when all of it has come and is on the disk. "import" takes each of the formats back.';

const FORMATS: readonly components['schemas']['ExportFormat'][] = [
  'ndjson',
  'csv',
  'parquet',
  'fhir',
];

export const exportCommand = (end: (code: ExitCode) => void): Command =>
  new Command('export')
    .summary('write the readings of a person to a file')
    .description(DESCRIPTION)
    .requiredOption('--user <id>', 'whose readings', notEmpty)
    .option('--start <timestamp>', 'the first instant (default: all)', timestamp)
    .option('--end <timestamp>', 'the first instant that is no longer part', timestamp)
    .option('--device <id>', 'only those of this device', notEmpty)
    .addOption(new Option('--format <name>', 'what to write').choices(FORMATS).default('ndjson'))
    .option('--output <file>', 'where to; - for standard output', notEmpty, '-')
    .option('--url <url>', 'where the service is', httpUrl, 'http://127.0.0.1:8000')
    .option('--json', 'the outcome as JSON on standard output; needs --output')
    .action(async (request: ExportRequest) => {
      if (request.json && request.output === '-') {
        throw new UsageError('--json needs --output: standard output cannot be both.');
      }
      const { exportReadings } = await import('./export-readings.ts');
      end(await exportReadings(request));
    });
