import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';

const DESCRIPTION =
  'Copies a data folder (DATA_DIR, or ./data, when none is given) as it is at one moment, also ' +
  'beside a running service, and verifies the copy. Parts are hard links where the file system ' +
  'allows it. The target must not exist, and has its name only once all is durable and verified. ' +
  'To restore it, start the service on it, or better on a copy of it. A backup keeps what is ' +
  'erased later: remove backups in time.';

export const backupCommand = (end: (code: ExitCode) => void): Command =>
  new Command('backup')
    .summary('copy a data folder beside a running service')
    .description(DESCRIPTION)
    .argument('<target>', 'the folder to make')
    .argument('[folder]', 'the data folder')
    .option('--json', 'the outcome as JSON')
    .action(
      async (
        target: string,
        folder: string | undefined,
        { json = false }: { json?: boolean },
      ): Promise<void> => {
        const { backUp } = await import('./back-up.ts');
        end(await backUp(target, folder, json));
      },
    );
