import { ALL_TIME } from '../readings/time-range.ts';
import type { CassandraSettings } from '../storage/cassandra/cassandra-settings.ts';
import { openCassandraStore } from '../storage/cassandra/cassandra-store.ts';
import { connect } from '../storage/cassandra/connect.ts';
import { MovedReadings } from '../storage/cassandra/moved-readings.ts';
import type { Stamp } from '../storage/cassandra/stamps.ts';
import { Statements } from '../storage/cassandra/statements.ts';
import { StoreUnavailableError } from '../storage/reading-store.ts';
import { FoundReadings, type Source, type Target } from './readings.ts';
import { reportingFailures } from './reporting-failures.ts';

export interface CassandraEndOptions {
  readonly settings: CassandraSettings;
  readonly retentionDays: number | undefined;
}

/** The store, which changes nothing but what it is told to, and a client beside it. */
const opened = async ({ settings, retentionDays }: CassandraEndOptions) => {
  const observer = reportingFailures;
  const store = await openCassandraStore({
    ...{ ...settings, retentionDays, observer, maxUnflushedBytes: 2 ** 28, isPassive: true },
  });
  try {
    const client = await connect(settings);
    const close = async () => {
      await client.shutdown();
      await store.close();
    };
    return { store, client, close };
  } catch (error) {
    await store.close();
    throw error;
  }
};

/** A cluster's readings, user by user in the order of their tokens. */
export const cassandraSource = async (options: CassandraEndOptions): Promise<Source> => {
  const { store, client, close } = await opened(options);
  const statements = new Statements(client, options.settings.keyspace);
  return {
    store,
    close,
    async *units(after) {
      for await (const { userId, place } of statements.users(after)) {
        yield { request: { userId, range: ALL_TIME }, position: place, share: shareOf(place) };
      }
    },
  };
};

/** Tokens are spread evenly over all numbers of 64 bits. */
const shareOf = (token: string): number => Number(BigInt(token) + 2n ** 63n) / 2 ** 64;

/** Takes readings as of a stamp of their own; a range that is asked for lies in one UTC day. */
export const cassandraTarget = async (
  options: CassandraEndOptions,
  stamp: Stamp,
): Promise<Target> => {
  const { store, client, close } = await opened(options);
  const { keyspace } = options.settings;
  const moved = new MovedReadings({ ...options, client, keyspace, stamp });
  return {
    store,
    isAlone: false,
    close,
    async read(request) {
      const { rows, isAcceptedHere } = await moved.read(request);
      const found = new FoundReadings();
      for (const [row, micros] of rows.timestamps.entries()) {
        found.add(rows.deviceIds[rows.devices[row] as number] as string, micros, {
          heartRate: rows.heartRates[row] as number,
          isAcceptedHere: isAcceptedHere(row),
        });
      }
      return found;
    },
    async write(batch) {
      const { state, reasons } = store.health();
      // As the service refuses what it could not acknowledge truly.
      if (state === 'unavailable') throw new StoreUnavailableError(reasons.join(' '), 5);
      await moved.write(batch);
    },
  };
};
