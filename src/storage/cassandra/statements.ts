import { type Client, types } from 'cassandra-driver';
import type { EpochDay, EpochMicros, TimeRange } from '../../readings/reading.ts';
import { ALL_TIME } from '../../readings/time-range.ts';
import { StoreUnavailableError } from '../reading-store.ts';
import type { ChunkColumns } from './chunk.ts';
import { CHUNK_COLUMNS, type ChunkRow, chunkRowOf, STORED_COLUMNS, valuesOf } from './chunk-row.ts';
import { unavailableWhenOfCluster } from './driver-errors.ts';
import type { Stamp } from './stamps.ts';
import type { StampedErasure } from './voided.ts';

const statementsIn = (keyspace: string) => ({
  insertDay:
    `INSERT INTO ${keyspace}.days_by_user (user_id, day) VALUES (?, ?) ` +
    'USING TIMESTAMP ? AND TTL ?',
  insertChunk:
    `INSERT INTO ${keyspace}.chunks (user_id, day, ${CHUNK_COLUMNS}) ` +
    'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ? AND TTL ?',
  insertErasure:
    `INSERT INTO ${keyspace}.erasures_by_user ` +
    '(user_id, seq, writer, device_id, start_micros, end_micros) ' +
    'VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?',
  selectDays: `SELECT day FROM ${keyspace}.days_by_user WHERE user_id = ? AND day >= ? AND day <= ?`,
  selectUsers:
    `SELECT DISTINCT user_id, token(user_id) AS place FROM ${keyspace}.days_by_user ` +
    'WHERE token(user_id) > ?',
  selectErasures:
    `SELECT seq, writer, device_id, start_micros, end_micros FROM ${keyspace}.erasures_by_user ` +
    'WHERE user_id = ?',
  selectChunks: `SELECT ${STORED_COLUMNS} FROM ${keyspace}.chunks WHERE user_id = ? AND day = ?`,
  deleteChunks: `DELETE FROM ${keyspace}.chunks USING TIMESTAMP ? WHERE user_id = ? AND day = ?`,
  deleteRun:
    `DELETE FROM ${keyspace}.chunks USING TIMESTAMP ? WHERE user_id = ? AND day = ? ` +
    'AND (seq, writer) >= (?, ?) AND (seq, writer) <= (?, ?)',
  deleteDay: `DELETE FROM ${keyspace}.days_by_user USING TIMESTAMP ? WHERE user_id = ? AND day = ?`,
  insertUnfinished:
    `INSERT INTO ${keyspace}.unfinished_erasures (bucket, seq, writer, user_id, days) ` +
    'VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
  selectUnfinished:
    `SELECT seq, writer, user_id, days FROM ${keyspace}.unfinished_erasures ` +
    'WHERE bucket = ? AND seq > ? AND seq <= ?',
  deleteUnfinished:
    `DELETE FROM ${keyspace}.unfinished_erasures USING TIMESTAMP ? ` +
    'WHERE bucket = ? AND seq = ? AND writer = ?',
  selectAnyChunk: `SELECT seq FROM ${keyspace}.chunks WHERE user_id = ? AND day = ? LIMIT 1`,
  deleteErasure:
    `DELETE FROM ${keyspace}.erasures_by_user USING TIMESTAMP ? ` +
    'WHERE user_id = ? AND seq = ? AND writer = ?',
});

/** An id that nobody has: no id has a control character. */
const NOBODY = '\u0000';

/**
 * The key of what there is of a user. An empty id, which is nobody's, is no key to Cassandra; it has
 * to be looked for like any other, so that neither answer nor work tell the two apart.
 */
const keyOf = (userId: string): string => userId || NOBODY;

/** The token of a user's partition: a whole number of 64 bits. */
export type PlaceOfUser = string;
/** Below all that Cassandra gives. */
const FIRST_PLACE: PlaceOfUser = String(-(2n ** 63n));

export interface PlacedUser {
  readonly userId: string;
  readonly place: PlaceOfUser;
}

/** A chunk to be stored. */
export interface NewChunk {
  readonly columns: ChunkColumns;
  readonly seq: Stamp;
  readonly writer: string;
}

/**
 * A whole user's erasure that left entries in the list of days: all chunks of these days, ascending,
 * are void up to `seq`.
 */
export interface UnfinishedErasure {
  readonly userId: string;
  readonly days: readonly EpochDay[];
  readonly seq: Stamp;
  readonly writer: string;
}

/** Unfinished erasures lie in so many partitions: few enough to look through all of them. */
export const BUCKETS = 16;
const bucketOf = ({ seq }: Pick<UnfinishedErasure, 'seq'>): number =>
  Math.floor(seq / 1000) % BUCKETS;

/** When chunks take the place of others. */
export interface Exchange {
  /** The time of the new rows: later than that of all that they take the place of. */
  readonly written: Stamp;
  /** By this clock nothing is put there any more. */
  readonly untilMs: number;
}

/** Where a row goes, and for how many seconds it is kept; 0 is for ever. */
export interface UserDay {
  readonly userId: string;
  readonly day: EpochDay;
  readonly ttlSeconds: number;
}

/**
 * All that is asked of the cluster for a user: each of LOCAL_QUORUM, prepared, and the same however
 * often it is carried out. Each rejects with a `StoreUnavailableError` when the cluster cannot
 * answer; whether something was written then is not known.
 */
export class Statements {
  readonly #client: Client;

  readonly #texts: ReturnType<typeof statementsIn>;

  readonly #onOutage: (error: unknown) => void;

  /** `onOutage` is told what the driver rejected with when the cluster could not answer. */
  constructor(
    client: Client,
    keyspace: string,
    onOutage: (error: unknown) => void = () => undefined,
  ) {
    this.#client = client;
    this.#texts = statementsIn(keyspace);
    this.#onOutage = onOutage;
  }

  /** Says that a user may have chunks of a day that were stamped up to `stamp`. */
  async insertDay({ userId, day, ttlSeconds }: UserDay, stamp: Stamp): Promise<void> {
    await this.#execute(this.#texts.insertDay, [userId, day, stamp, ttlSeconds]);
  }

  /** Of what is accepted its stamp is the time of its row. */
  async insertChunk(userDay: UserDay, chunk: NewChunk, written = chunk.seq): Promise<void> {
    const { userId, day, ttlSeconds } = userDay;
    const values = valuesOf(chunk.columns, chunk.seq, chunk.writer);
    await this.#execute(this.#texts.insertChunk, [userId, day, ...values, written, ttlSeconds]);
  }

  async insertErasure({ userId, deviceId, range, seq, writer }: StampedErasure): Promise<void> {
    // No value would be a tombstone.
    const { startMicros, endMicros } = range ?? ALL_TIME;
    const covered = [deviceId ?? '', startMicros, endMicros];
    await this.#execute(this.#texts.insertErasure, [userId, seq, writer, ...covered, seq]);
  }

  /** The days of the user that may have chunks, of the first and the last and between; ascending. */
  async days(userId: string, first: EpochDay, last: EpochDay): Promise<EpochDay[]> {
    const rows = await this.#rows(this.#texts.selectDays, [keyOf(userId), first, last]);
    return rows.map((row) => row.day as EpochDay).reverse();
  }

  /** All that have days, in the cluster's own order; a page at a time is in memory. */
  async *users(after: PlaceOfUser = FIRST_PLACE): AsyncGenerator<PlacedUser> {
    const result = await this.#execute(this.#texts.selectUsers, [types.Long.fromString(after)]);
    try {
      for await (const row of result) yield { userId: row.user_id, place: String(row.place) };
    } catch (error) {
      throw this.#shown(error);
    }
  }

  async erasures(userId: string): Promise<StampedErasure[]> {
    const rows = await this.#rows(this.#texts.selectErasures, [keyOf(userId)]);
    return rows.map((row) => erasureOf(userId, row));
  }

  /** In order of acceptance. */
  async chunks(userId: string, day: EpochDay): Promise<ChunkRow[]> {
    return (await this.#rows(this.#texts.selectChunks, [userId, day])).map(chunkRowOf);
  }

  /**
   * Puts what is merged in the place of chunks of a day that follow one another. These go only when a
   * quorum has all of that: in between, and if it goes no further, both are there, which is as good.
   * What was written later than they were is not taken away, wherever it stands.
   */
  async replaceChunks(
    userDay: UserDay,
    sources: readonly ChunkRow[],
    merged: readonly NewChunk[],
    { written, untilMs }: Exchange,
  ): Promise<void> {
    const [first, last] = [sources[0], sources.at(-1)];
    if (first === undefined || last === undefined) return;
    const refuseLate = () => {
      if (Date.now() > untilMs) throw new StoreUnavailableError('A merge took too long.', 1);
    };
    for (const chunk of merged) {
      refuseLate();
      await this.insertChunk(userDay, chunk, written);
    }
    // Again: this process may have stood still between one look at the clock and its request.
    refuseLate();
    const { userId, day } = userDay;
    const upTo = sources.reduce((latest, one) => Math.max(latest, one.written), 0);
    const run = [first.seq, first.writer, last.seq, last.writer];
    await this.#execute(this.#texts.deleteRun, [upTo, userId, day, ...run]);
  }

  async hasChunks(userId: string, day: EpochDay): Promise<boolean> {
    return (await this.#rows(this.#texts.selectAnyChunk, [userId, day])).length > 0;
  }

  /** Of those that were stamped up to `stamp`. */
  async deleteChunks(userId: string, day: EpochDay, stamp: Stamp): Promise<void> {
    await this.#execute(this.#texts.deleteChunks, [stamp, userId, day]);
  }

  /** Takes a day out of the list of the user's days, unless it was put there after `stamp`. */
  async deleteDay(userId: string, day: EpochDay, stamp: Stamp): Promise<void> {
    await this.#execute(this.#texts.deleteDay, [stamp, userId, day]);
  }

  async insertUnfinishedErasure(one: UnfinishedErasure): Promise<void> {
    const { userId, days, seq, writer } = one;
    const values = [bucketOf(one), seq, writer, userId, days, seq];
    await this.#execute(this.#texts.insertUnfinished, values);
  }

  /** Those in a bucket that were stamped after one stamp and up to another. */
  async *unfinishedErasures(
    bucket: number,
    after: Stamp,
    until: Stamp,
  ): AsyncGenerator<UnfinishedErasure> {
    const result = await this.#execute(this.#texts.selectUnfinished, [bucket, after, until]);
    try {
      for await (const { user_id: userId, days, writer, seq } of result) {
        yield { userId, days, writer, seq: Number(seq) as Stamp };
      }
    } catch (error) {
      throw this.#shown(error);
    }
  }

  async deleteUnfinishedErasure(one: UnfinishedErasure): Promise<void> {
    const { seq, writer } = one;
    await this.#execute(this.#texts.deleteUnfinished, [seq, bucketOf(one), seq, writer]);
  }

  /** Takes away a day of which nothing is written any more, and that there was anything. */
  async expireDay(userId: string, day: EpochDay, stamp: Stamp): Promise<void> {
    await this.deleteChunks(userId, day, stamp);
    await this.deleteDay(userId, day, stamp);
  }

  async deleteErasure({ userId, seq, writer }: StampedErasure, stamp: Stamp): Promise<void> {
    await this.#execute(this.#texts.deleteErasure, [stamp, userId, seq, writer]);
  }

  #shown(error: unknown): unknown {
    const shown = unavailableWhenOfCluster(error);
    if (shown !== error) this.#onOutage(error);
    return shown;
  }

  async #execute(query: string, values: unknown[]): Promise<types.ResultSet> {
    try {
      return await this.#client.execute(query, values);
    } catch (error) {
      throw this.#shown(error);
    }
  }

  /** Of all pages. */
  async #rows(query: string, values: unknown[]): Promise<types.Row[]> {
    const rows: types.Row[] = [];
    const result = await this.#execute(query, values);
    try {
      for await (const row of result) rows.push(row);
    } catch (error) {
      throw this.#shown(error);
    }
    return rows;
  }
}

const erasureOf = (userId: string, row: types.Row): StampedErasure => {
  const range: TimeRange = {
    startMicros: Number(row.start_micros) as EpochMicros,
    endMicros: Number(row.end_micros) as EpochMicros,
  };
  return {
    userId,
    ...(row.device_id === '' ? {} : { deviceId: row.device_id }),
    range,
    seq: Number(row.seq) as Stamp,
    writer: row.writer,
  };
};
