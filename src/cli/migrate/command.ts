import { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';

const DESCRIPTION =
  'Moves all readings from a data folder to a Cassandra cluster, or back into a new folder, also ' +
  'beside running services. All that is moved is read back and compared; what the target has ' +
  'accepted itself stands. Cut short, it goes on where it was when it is run again: it keeps what ' +
  'it needs for that in <folder>.migration. It reads CASSANDRA_… and RETENTION_DAYS as the service ' +
  'does. docs/CASSANDRA.md says what is moved of that which is accepted meanwhile.';

export const migrateCommand = (end: (code: ExitCode) => void): Command =>
  new Command('migrate')
    .summary('move all readings to a Cassandra cluster, or back to a folder')
    .description(DESCRIPTION)
    .requiredOption('--from <store>', 'a data folder, or cassandra://host/keyspace?dc=datacenter1')
    .requiredOption('--to <store>', 'the same; a folder must not exist')
    .action(async ({ from, to }: { from: string; to: string }): Promise<void> => {
      const { migrate } = await import('./migrate.ts');
      end(await migrate(from, to, process.env));
    });
