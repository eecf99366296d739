import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';

const DESCRIPTION =
  'Checks every file of a data folder (DATA_DIR, or ./data, when none is given), also beside a ' +
  'running service. It writes nothing. Ends with 0 when all is well, 1 when something is wrong, ' +
  'and 2 when it could not check.';

export const verifyCommand = (end: (code: ExitCode) => void): Command =>
  new Command('verify')
    .summary('check every file of a data folder')
    .description(DESCRIPTION)
    .argument('[folder]', 'the data folder')
    .option('--json', 'the findings as JSON')
    .action(async (folder: string | undefined, { json = false }: { json?: boolean }) => {
      const { verify } = await import('./verify.ts');
      end(await verify(folder, json));
    });
