import { randomBytes } from 'node:crypto';
import type { Client } from 'cassandra-driver';
import type { Erasure } from '../../readings/erasure.ts';
import type { EpochDay } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { today } from '../../readings/retention.ts';
import type { AcceptanceListener } from '../acceptance-listener.ts';
import {
  type DayScan,
  type ReadingStore,
  type ScannedDay,
  type ScanRequest,
  type StoreHealth,
  StoreUnavailableError,
} from '../reading-store.ts';
import type { StoreObserver } from '../store-observer.ts';
import { Announcer } from './announcer.ts';
import type { CassandraSettings } from './cassandra-settings.ts';
import { userDaysOf } from './chunk.ts';
import { ChunkWriter, MAX_WRITE_MS } from './chunk-writer.ts';
import type { ClusterObserver } from './cluster-observer.ts';
import { ClusterWatch } from './cluster-watch.ts';
import { connect } from './connect.ts';
import { DAY_TRUST_MS, DayTrust } from './day-trust.ts';
import { Eraser } from './eraser.ts';
import { ErasureFinisher } from './erasure-finisher.ts';
import { ExpiredDays } from './expired-days.ts';
import { Expiry } from './expiry.ts';
import { Merger, type Merging } from './merger.ts';
import { OutageLog } from './outage-log.ts';
import { checkSchema } from './schema.ts';
import { Stamps } from './stamps.ts';
import { Statements } from './statements.ts';
import { userDays, withLast } from './user-scan.ts';

export interface CassandraStoreOptions extends CassandraSettings {
  /** Whole days that ended longer ago than this many days are dropped; all are kept without. */
  readonly retentionDays?: number | undefined;
  /** When readings that wait for the cluster take about this much memory, further ones are refused. */
  readonly maxUnflushedBytes: number;
  readonly observer: Pick<StoreObserver, 'committed' | 'compacted' | 'failed'>;
  /** Who is told of requests and nodes; nobody when left out. */
  readonly clusterObserver?: ClusterObserver;
  /** When chunks are merged; after two minutes when left out. */
  readonly merging?: Merging;
  /**
   * Whether it changes nothing by itself, as one that only looks: no merges, no removal of days that
   * are over, no end of erasures that others have begun.
   */
  readonly isPassive?: boolean;
  /** How long processes rely on their entries in the list of days; ten minutes when left out. */
  readonly trusting?: Trusting;
  /** Who follows what this process accepts; nobody when left out. */
  readonly listener?: AcceptanceListener;
}

/** The same for all processes in front of a keyspace; tests have it shorter. */
export interface Trusting {
  readonly trustMs: number;
  /** After so much more nothing is acknowledged that relies on an entry, whatever clocks say. */
  readonly settledMs: number;
  /** How often it is looked whether erasures have left entries that may go. */
  readonly intervalMs: number;
}

const TRUSTING: Trusting = {
  trustMs: DAY_TRUST_MS,
  // Four times what a write may take, for clocks that differ, as for merges.
  settledMs: 4 * MAX_WRITE_MS,
  intervalMs: 60_000,
};
const RETRY_AFTER_SECONDS = 1;
/** About what a reading takes that waits. */
const READING_BYTES = 64;
const FULL = 'too many readings wait to be written to Cassandra';

/**
 * Connects to a cluster whose keyspace `heart-rate migrate-schema` has made.
 * Rejects with a `SchemaError` when it has not, and with the driver's error when no node answers.
 */
export const openCassandraStore = async (options: CassandraStoreOptions): Promise<ReadingStore> => {
  const { keyspace, dataCenter, maxClockSkewMs } = options;
  const client = await connect(options, options.clusterObserver);
  const watch = new ClusterWatch({
    ...{ client, maxClockSkewMs, keyspace, dataCenter },
    observer: options.clusterObserver,
  });
  try {
    await checkSchema(client, keyspace);
    await watch.start();
  } catch (error) {
    await watch.stop();
    await client.shutdown();
    throw error;
  }
  return new CassandraStore(options, client, watch);
};

/** Readings in a cluster, which any number of processes may read and write at the same time. */
class CassandraStore implements ReadingStore {
  readonly #options: CassandraStoreOptions;
  readonly #client: Client;
  readonly #watch: ClusterWatch;
  readonly #outages: OutageLog;
  readonly #reading: Parameters<typeof userDays>[0];
  readonly #writer: ChunkWriter;
  readonly #eraser: Eraser;
  readonly #finisher: ErasureFinisher | undefined;
  readonly #merger: Merger | undefined;
  readonly #expiry: Expiry;
  readonly #expired: ExpiredDays | undefined;
  readonly #announcer: Announcer;

  constructor(options: CassandraStoreOptions, client: Client, watch: ClusterWatch) {
    const { observer, maxClockSkewMs, retentionDays, trusting = TRUSTING } = options;
    const writer = randomBytes(6).toString('base64url');
    this.#outages = new OutageLog(observer);
    const statements = new Statements(client, options.keyspace, (error) =>
      this.#outages.failed(error),
    );
    const expiry = new Expiry(retentionDays);
    this.#options = options;
    this.#client = client;
    this.#watch = watch;
    this.#expiry = expiry;
    this.#announcer = new Announcer(options.listener);
    const check = () => watch.check();
    const stamps = new Stamps(maxClockSkewMs, check);
    const trust = new DayTrust(trusting.trustMs);
    const ttlSeconds = (day: EpochDay) => expiry.ttlSeconds(day);
    const untrustedMs = trusting.trustMs + trusting.settledMs;
    if (options.isPassive !== true) {
      const { merging } = options;
      const { intervalMs } = trusting;
      this.#merger = new Merger({ statements, ttlSeconds, check, observer, merging });
      this.#finisher = new ErasureFinisher({
        ...{ statements, check, untrustedMs, intervalMs, observer },
      });
      this.#expired = new ExpiredDays({ statements, expiry, check, observer });
    }
    this.#writer = new ChunkWriter({
      ...{ statements, stamps, trust, writer, ttlSeconds, observer },
      onChunk: (...written) => this.#merger?.wrote(...written),
    });
    this.#eraser = new Eraser({
      ...{ statements, writer, maxClockSkewMs, untrustedMs, check },
      onErased: (...erased) => this.#merger?.erased(...erased),
    });
    this.#reading = { statements, onChunks: (...seen) => this.#merger?.saw(...seen) };
  }

  async append(batch: ReadingBatch): Promise<void> {
    this.#watch.check();
    if (this.#writer.waitingReadings * READING_BYTES >= this.#options.maxUnflushedBytes) {
      throw new StoreUnavailableError(FULL, RETRY_AFTER_SECONDS);
    }
    const userDays = userDaysOf(batch);
    await this.#writer.write(userDays);
    this.#announcer.accepted(batch);
    for (const { userId } of userDays) this.#expired?.saw(userId);
  }

  async erase(erasure: Erasure): Promise<number> {
    this.#watch.check();
    return this.#announcer.erasing(erasure, () => this.#eraser.erase(erasure));
  }

  scan(request: ScanRequest): AsyncGenerator<DayScan> {
    return withLast(userDays(this.#reading, this.#kept(request), 'oldest first'));
  }

  scanBackwards(request: ScanRequest): AsyncGenerator<ScannedDay> {
    return userDays(this.#reading, this.#kept(request), 'newest first');
  }

  /** The nodes check what they read themselves, and repair it from each other. */
  async checkDay(): Promise<boolean> {
    return false;
  }

  /** By the clock alone: so the nodes drop rows. */
  intakeDay(): EpochDay {
    return today();
  }

  health(): StoreHealth {
    const { refusal, outage, warnings } = this.#watch;
    const grave = [refusal, outage].filter((reason) => reason !== undefined);
    const reasons = [...grave, ...warnings];
    const isUnavailable = grave.length > 0;
    return {
      state: isUnavailable ? 'unavailable' : reasons.length > 0 ? 'degraded' : 'ok',
      reasons,
      unflushedReadings: this.#writer.waitingReadings,
      // What an embedded store counts of its files.
      ...{ segments: 0, parts: 0, oldestUnflushedMs: 0, mostPartsOfDay: 0 },
      ...{ mergeDebtBytes: 0, currentStepMs: 0 },
    };
  }

  async close(): Promise<void> {
    await this.#writer.idle();
    await this.#merger?.close();
    await this.#finisher?.close();
    await this.#expired?.close();
    await this.#watch.stop();
    await this.#client.shutdown();
    this.#outages.close();
  }

  /** What of a request is kept still. */
  #kept(request: ScanRequest): ScanRequest {
    this.#expired?.saw(request.userId);
    return { ...request, range: this.#expiry.kept(request.range) };
  }
}
