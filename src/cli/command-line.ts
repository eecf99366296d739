import { Command, CommanderError, type Option } from 'commander';
import { readPackageFile } from '../package-file.ts';
import { messageOf } from '../thrown.ts';
import { backupCommand } from './backup/command.ts';
import { benchCommand } from './bench/command.ts';
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';
import { exportCommand } from './export/command.ts';
import { generateDataCommand } from './generate-data/command.ts';
import { helpCommandOf } from './help-command.ts';
import { importCommand } from './import/command.ts';
import { keysCommand } from './keys/command.ts';
import { migrateCommand } from './migrate/command.ts';
import { migrateSchemaCommand } from './migrate-schema/command.ts';
import { printableLines } from './printable.ts';
import { serveCommand } from './serve/command.ts';
import { verifyCommand } from './verify/command.ts';

const EXIT_CODES = `
Ends with 0 when all is well, 1 when something failed or is wrong, and 2 when it was asked for
something that makes no sense. heart-rate help <command> tells more of each.
A service that asks for an API key is sent the one in HEART_RATE_API_KEY.`;

const versionOf = (): string =>
  (JSON.parse(readPackageFile('package.json')) as { version: string }).version;

const programOf = (end: (code: ExitCode) => void): Command => {
  const program = new Command('heart-rate')
    .description('Heart-rate readings: the service, and what goes in and out of it.')
    .version(versionOf())
    .addHelpText('after', EXIT_CODES);
  const commands = [
    serveCommand(),
    importCommand(end),
    exportCommand(end),
    generateDataCommand(end),
    verifyCommand(end),
    backupCommand(end),
    benchCommand(end),
    keysCommand(),
    migrateSchemaCommand(),
    migrateCommand(end),
  ];
  for (const command of commands) program.addCommand(command);
  return telling(program, program.name());
};

/**
 * Commander tells that an option is missing before it tells of one that is not known, which mostly
 * is the same one, misspelt. Here it is the other way round.
 */
const askLate = (command: Command, option: Option): void => {
  if (!option.mandatory) return;
  option.makeOptionMandatory(false);
  command.hook('preAction', () => {
    if (command.getOptionValue(option.attributeName()) !== undefined) return;
    command.error(`error: required option '${option.flags}' not specified`);
  });
};

/** Messages quote what was typed, or what a file or service said. */
const outputError = (text: string, write: (text: string) => void): void =>
  write(printableLines(text));

/** With a hint after each mistake, and an exception for each end, as all below it. */
const telling = (command: Command, whole: string): Command => {
  if (command.commands.length > 0) {
    command.helpCommand(false).addCommand(helpCommandOf(command));
  }
  for (const each of command.commands) telling(each, `${whole} ${each.name()}`);
  for (const option of command.options) askLate(command, option);
  command.configureOutput({ outputError });
  return command.exitOverride().showHelpAfterError(`(${whole} --help tells how)`);
};

/** Runs what the command line says; never rejects. */
export const runCommandLine = async (args: readonly string[]): Promise<ExitCode> => {
  let code: ExitCode = EXIT.ok;
  const program = programOf((ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Its message has been shown.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    process.stderr.write(`${printableLines(messageOf(error))}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
};
