import { Command, Option } from 'commander';
import { isScope, SCOPES } from '../../keys/scopes.ts';
import { notEmpty, plainLine, timestamp } from '../argument-parsers.ts';
import { UsageError } from '../exit-codes.ts';
import type { NewKey } from './keys.ts';

const DESCRIPTION =
  'Changes the file of API keys that the service is given as API_KEYS_FILE. A running service takes ' +
  'notice within a second or two. The file has no key itself, only what a key is checked with.';

/** Its rule is that of the key file. */
const asItIs = (text: string): string => text;

/** One value more of an option that may be repeated. */
const more =
  <T>(parse: (text: string) => T) =>
  (text: string, before: readonly T[] = []): T[] => [...before, parse(text)];

const withFile = (command: Command): Command =>
  command.option('--file <path>', 'the file of keys (default: API_KEYS_FILE)', notEmpty);

interface FileOption {
  readonly file?: string;
}

const fileOf = ({ file = process.env.API_KEYS_FILE }: FileOption): string => {
  if (file) return file;
  throw new UsageError('Which file of keys? Set API_KEYS_FILE, or say --file.');
};

const createCommand = (): Command =>
  withFile(new Command('create'))
    .summary('make a key and print it, this one time')
    .addOption(
      new Option('--scope <name>', `what it allows: ${SCOPES.join(', ')}; may be repeated`)
        .argParser(more(asItIs))
        .makeOptionMandatory(),
    )
    .option('--user <id>', 'bound to this user; may be repeated', more(asItIs))
    .option(
      '--user-prefix <text>',
      'bound to users whose ids begin so; may be repeated',
      more(asItIs),
    )
    .option('--device <id>', 'bound to this device; may be repeated', more(asItIs))
    .option('--expires <timestamp>', 'from when on it is not valid (default: never)', timestamp)
    .option('--note <text>', 'what it is for, in one line', plainLine)
    .option('--json', 'the key as JSON')
    .action(
      async ({ scope, json = false, ...bounds }: NewKey & FileOption & { json?: boolean }) => {
        const unknown = scope.find((name) => !isScope(name));
        if (unknown !== undefined) {
          throw new UsageError(`The scope ${unknown} is none of ${SCOPES.join(', ')}.`);
        }
        const { createKey } = await import('./keys.ts');
        await createKey(fileOf(bounds), { scope, ...bounds }, json);
      },
    );

const listCommand = (): Command =>
  withFile(new Command('list'))
    .summary('what keys there are')
    .option('--json', 'as JSON')
    .action(async ({ json = false, ...values }: FileOption & { json?: boolean }) => {
      const { listKeys } = await import('./keys.ts');
      await listKeys(fileOf(values), json);
    });

const revokeCommand = (): Command =>
  withFile(new Command('revoke'))
    .summary('make a key invalid, for good')
    .argument('<id>', 'the id of the key: its part between the first two _')
    .action(async (id: string, values: FileOption) => {
      const { revokeKey } = await import('./keys.ts');
      await revokeKey(fileOf(values), id);
    });

export const keysCommand = (): Command => {
  const command = new Command('keys')
    .summary('make, list and revoke API keys')
    .description(DESCRIPTION);
  for (const each of [createCommand(), listCommand(), revokeCommand()]) {
    command.addCommand(each);
  }
  return command;
};
