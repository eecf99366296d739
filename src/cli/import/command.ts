import { Command, InvalidArgumentError, Option } from 'commander';
import { httpUrl, notEmpty } from '../argument-parsers.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { ImportRequest } from './import-files.ts';

const DESCRIPTION =
  'Sends the heart rates of files to the service, as readings of one person: of Apple Health, ' +
  'Fitbit, Google, Garmin, Polar, Samsung, Oura, and CSV, NDJSON, Parquet or FHIR of any other ' +
  'source. The content shows what a file is. Rows that are no readings go into ' +
  'FILE.rejected.ndjson with the reason. To import a file again changes nothing.';

const ROLES = ['time', 'heart_rate', 'device', 'user'];

/** Adds `name=value` to what was given before; values may have a `=`, names not. */
const pair =
  (names?: readonly string[]) =>
  (text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> => {
    // A source's name may have any character, a device id hardly a `=`.
    const at = names === undefined ? text.lastIndexOf('=') : text.indexOf('=');
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at <= 0 || value === '') throw new InvalidArgumentError('It must be NAME=VALUE.');
    if (names?.includes(name) === false) {
      throw new InvalidArgumentError(`What a column holds is one of ${names.join(', ')}.`);
    }
    return { ...before, [name]: value };
  };

export const importCommand = (end: (code: ExitCode) => void): Command =>
  new Command('import')
    .summary('send the heart rates of files to the service')
    .description(DESCRIPTION)
    .argument('<file...>', 'what to import')
    .requiredOption('--user <id>', 'whose readings they are', notEmpty)
    .option('--url <url>', 'where the service is', httpUrl, 'http://127.0.0.1:8000')
    .option('--device <id>', 'the device id of every reading', notEmpty)
    .addOption(
      new Option(
        '--device-map <source=id>',
        'the device id of one source; may be repeated',
      ).argParser(pair()),
    )
    .option('--tz <zone>', 'the zone of local times, as Europe/Berlin (default: UTC)', notEmpty)
    .option('--format <name>', 'what the files are, when their content does not tell', notEmpty)
    .addOption(
      new Option(
        '--column <role=name>',
        `the name of a table's column: ${ROLES.join(', ')}; may be repeated`,
      ).argParser(pair(ROLES)),
    )
    .option('--rejected <file>', 'where rejected rows go (default: FILE.rejected.ndjson)', notEmpty)
    .option('--state <file>', 'how far it has come (default: FILE.import-state.json)', notEmpty)
    .option('--resume', 'go on where an import of the same file and options ended')
    .option('--json', 'the outcome as JSON')
    .action(async (files: string[], request: ImportRequest) => {
      const { importFiles } = await import('./import-files.ts');
      end(await importFiles(files, request));
    });
