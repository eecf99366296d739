import { randomBytes } from 'node:crypto';
import type { Client } from 'cassandra-driver';
import type { EpochDay, EpochMicros } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { dayOf } from '../../readings/timestamp.ts';
import type { ScanRequest } from '../reading-store.ts';
import type { UserRows } from '../rows/rows-source.ts';
import { chunksOf, userDaysOf } from './chunk.ts';
import type { ChunkRow } from './chunk-row.ts';
import { dayColumns, rowsWithin, withoutErased } from './day-columns.ts';
import { Expiry } from './expiry.ts';
import { isMoved, type Stamp } from './stamps.ts';
import { Statements, type UserDay } from './statements.ts';
import { Voided } from './voided.ts';

/** What the cluster has of a user on a day. */
export interface StoredRows {
  /** Of those with the same identity the last counts. */
  readonly rows: UserRows;
  /** Whether a row was accepted here, and so stands against what is moved here. */
  isAcceptedHere(row: number): boolean;
}

export interface MovedReadingsOptions {
  readonly client: Client;
  readonly keyspace: string;
  readonly retentionDays: number | undefined;
  /** Of all that is moved in one go. */
  readonly stamp: Stamp;
}

/**
 * Puts readings into a cluster that another store has accepted. Whatever was accepted here wins over
 * them, and whatever was erased here, before they come or after, voids them.
 */
export class MovedReadings {
  readonly #statements: Statements;
  readonly #expiry: Expiry;
  readonly #stamp: Stamp;

  constructor({ client, keyspace, retentionDays, stamp }: MovedReadingsOptions) {
    this.#statements = new Statements(client, keyspace);
    this.#expiry = new Expiry(retentionDays);
    this.#stamp = stamp;
  }

  /**
   * Resolves when all is stored; no identity may be in it twice. Rejects as the statements do, and
   * to write it again does no harm.
   */
  async write(batch: ReadingBatch): Promise<void> {
    for (const { userId, day, runs } of userDaysOf(batch)) {
      const userDay = { userId, day, ttlSeconds: this.#expiry.ttlSeconds(day) };
      // Of its own each time: two rows of one name and stamp would be mixed, column by column.
      const writer = `moved-${randomBytes(6).toString('base64url')}`;
      await this.#statements.insertDay(userDay, this.#stamp);
      const chunks = chunksOf(runs).map((columns, at) => ({
        ...{ columns, seq: this.#stamp, writer: `${writer}.${String(at).padStart(3, '0')}` },
      }));
      await Promise.all(chunks.map((chunk) => this.#statements.insertChunk(userDay, chunk)));
      await this.#relist(userDay);
    }
  }

  /**
   * An entry of the service that has expired, or was removed, hides one that is stamped before it,
   * as what is moved is. But what is void stays unlisted.
   */
  async #relist(userDay: UserDay): Promise<void> {
    const { userId, day } = userDay;
    if (await this.#isListed(userId, day)) return;
    if (!(await this.#statements.hasChunks(userId, day))) return;
    await this.#statements.insertDay(userDay, (Date.now() * 1000) as Stamp);
  }

  async #isListed(userId: string, day: EpochDay): Promise<boolean> {
    return (await this.#statements.days(userId, day, day)).length > 0;
  }

  /** What there is of a request that lies in one day. */
  async read({ userId, range }: ScanRequest): Promise<StoredRows> {
    const day: EpochDay = dayOf(range.startMicros as EpochMicros);
    const voided = new Voided(await this.#statements.erasures(userId));
    // Nobody finds what is in a day that is not listed: it is to be written again.
    const isListed = await this.#isListed(userId, day);
    const chunks = isListed ? await this.#statements.chunks(userId, day) : [];
    const rows = rowsWithin(withoutErased(dayColumns(chunks), chunks, voided), range);
    const chunkOf = (row: number) => chunks[rows.sequences[row] as number] as ChunkRow;
    return { rows, isAcceptedHere: (row) => !isMoved(chunkOf(row).seq) };
  }
}
