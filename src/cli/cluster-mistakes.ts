import { errors } from 'cassandra-driver';
import { SchemaError } from '../storage/cassandra/schema.ts';
import { UsageError } from './exit-codes.ts';

/** Of all nodes that were tried, each thing once. */
const causesOf = (error: Error): Error[] =>
  error instanceof errors.NoHostAvailableError
    ? Object.values(error.innerErrors ?? {}).filter((inner) => inner instanceof Error)
    : [];

const firstLineOf = ({ message }: Error): string => message.split('\n')[0] ?? '';

/**
 * What went wrong with a cluster, in one line: the driver's own words hold stacks. A data centre that
 * is not there, and tables of another version, are mistakes of who asked.
 */
export const plainlyOfCluster = (error: unknown): unknown => {
  if (!(error instanceof errors.DriverError)) {
    return error instanceof SchemaError ? new UsageError(error.message) : error;
  }
  const causes = causesOf(error);
  const isMistake = causes.some((cause) => cause instanceof errors.ArgumentError);
  const said = new Set((causes.length > 0 ? causes : [error]).map(firstLineOf));
  const message = `Cassandra: ${[...said].join('; ')}`;
  return isMistake ? new UsageError(message) : new Error(message, { cause: error });
};
