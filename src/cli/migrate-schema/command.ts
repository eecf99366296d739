import { Command } from 'commander';

const DESCRIPTION =
  'Makes the keyspace and the tables that the service needs in the cluster of STORE, or brings ' +
  'them to its version; where they are, it changes nothing. The README lists the variables.';

export const migrateSchemaCommand = (): Command =>
  new Command('migrate-schema')
    .summary('make the tables in Cassandra, or bring them to this version')
    .description(DESCRIPTION)
    .action(async () => {
      const { migrateSchemaOfStore } = await import('./migrate-schema.ts');
      await migrateSchemaOfStore(process.env);
    });
