import { Command } from 'commander';
import { readSettings, SettingsError } from '../../settings.ts';
import { UsageError } from '../exit-codes.ts';

const DESCRIPTION =
  'Runs the service until SIGTERM or SIGINT. Each option stands for an environment variable and ' +
  'counts before it; the README lists the other variables.';

/** Each option and the variable that it stands for. */
const VARIABLES = [
  ['port', '--port <n>', 'PORT', 'where it listens'],
  ['host', '--host <name>', 'HOST', 'the address it listens on'],
  ['data', '--data <folder>', 'DATA_DIR', 'where it keeps its data'],
  [
    'logLevel',
    '--log-level <level>',
    'LOG_LEVEL',
    'fatal, error, warn, info, debug, trace, silent',
  ],
] as const;

type Values = Partial<Record<(typeof VARIABLES)[number][0], string>>;

const checkSettings = (): void => {
  try {
    readSettings(process.env);
  } catch (error) {
    throw error instanceof SettingsError ? new UsageError(error.message) : error;
  }
};

export const serveCommand = (): Command => {
  const command = new Command('serve').summary('run the service').description(DESCRIPTION);
  for (const [, flags, variable, what] of VARIABLES) {
    command.option(flags, `${what} (${variable})`);
  }
  return command.action(async (values: Values) => {
    for (const [name, , variable] of VARIABLES) {
      const value = values[name];
      if (value === '') throw new UsageError(`--${name} must not be empty.`);
      if (value !== undefined) process.env[variable] = value;
    }
    checkSettings();
    // The process itself: it listens, and ends by signals with codes of its own.
    await import('../../main.ts');
  });
};
