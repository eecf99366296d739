import { expect, onTestFinished, test, vi } from 'vitest';
import type { EpochDay } from '../../../src/readings/reading.ts';
import { ChunkWriter, MAX_WRITE_MS } from '../../../src/storage/cassandra/chunk-writer.ts';
import { DAY_TRUST_MS, DayTrust } from '../../../src/storage/cassandra/day-trust.ts';
import { Eraser } from '../../../src/storage/cassandra/eraser.ts';
import { ErasureFinisher } from '../../../src/storage/cassandra/erasure-finisher.ts';
import { type Stamp, Stamps } from '../../../src/storage/cassandra/stamps.ts';
import type {
  NewChunk,
  Statements,
  UnfinishedErasure,
  UserDay,
} from '../../../src/storage/cassandra/statements.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';
import { randomOf } from '../faults/random.ts';

// Hours of writes and erasures of one user by several processes, as of a clock that the test drives,
// on tables that keep of each row the latest stamp, as Cassandra does. Requests take from nothing to
// twice what a write may take, and fail, with and without having been carried out.

// As it waits in time that is driven here, too.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

const USER = 'ann';
const DAYS = [3, 4] as EpochDay[];
const MAX_SKEW_MS = 5_000;
const UNTRUSTED_MS = DAY_TRUST_MS + 4 * MAX_WRITE_MS;
const HOURS = 6;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const unlessUnavailable = (error: unknown): void => {
  if (!(error instanceof StoreUnavailableError)) throw error;
};

/** The stamps of what put a row there, and of what took it away. */
class Row {
  put = 0;
  taken = 0;
  get isThere(): boolean {
    return this.put > this.taken;
  }
}

class Tables {
  readonly days = new Map(DAYS.map((day) => [day, new Row()]));
  readonly chunks = new Map(DAYS.map((day) => [day, { seqs: [] as Stamp[], erased: 0 }]));
  readonly unfinished = new Set<UnfinishedErasure>();
  readonly acknowledged: { readonly day: EpochDay; readonly seq: Stamp }[] = [];
  readonly #random: () => number;
  troubles = true;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Carries something out at some moment before its answer, or behind it, or never. */
  async #request<T>(act: () => T): Promise<T> {
    const isSlow = this.troubles && this.#random() < 0.05;
    const tookMs = this.#random() * (isSlow ? 2 * MAX_WRITE_MS : 1_000);
    const fails = this.troubles && this.#random() < 0.05;
    if (!fails) {
      await wait(tookMs * this.#random());
      const result = act();
      await wait(tookMs * this.#random());
      return result;
    }
    if (this.#random() < 0.5) void wait(tookMs * 2 * this.#random()).then(act);
    await wait(tookMs);
    throw new StoreUnavailableError('no quorum', 1);
  }

  #chunksOf(day: EpochDay): Stamp[] {
    const { seqs = [], erased = 0 } = this.chunks.get(day) ?? {};
    return seqs.filter((seq) => seq > erased);
  }

  #rowOf = (day: EpochDay) => this.days.get(day) as Row;

  insertDay = ({ day }: UserDay, stamp: Stamp) =>
    this.#request(() => {
      this.#rowOf(day).put = Math.max(this.#rowOf(day).put, stamp);
    });

  insertChunk = async ({ day }: UserDay, { seq }: NewChunk) =>
    this.#request(() => void this.chunks.get(day)?.seqs.push(seq));

  #listed = () => DAYS.filter((day) => this.#rowOf(day).isThere);

  /** In the shape that the store's parts ask. */
  asStatements(): Statements {
    const nothing = Buffer.alloc(0);
    const columns = { devices: nothing, timestamps: nothing, heartRates: nothing };
    const rowOf = (seq: Stamp) => ({ seq, writer: 'w', readings: 0, deviceIds: [], ...columns });
    return {
      insertDay: this.insertDay,
      insertChunk: this.insertChunk,
      days: () => this.#request(this.#listed),
      erasures: async () => [],
      chunks: (_: string, day: EpochDay) => this.#request(() => this.#chunksOf(day).map(rowOf)),
      hasChunks: (_: string, day: EpochDay) => this.#request(() => this.#chunksOf(day).length > 0),
      deleteChunks: (_: string, day: EpochDay, stamp: Stamp) =>
        this.#request(() => {
          const chunks = this.chunks.get(day);
          if (chunks !== undefined) chunks.erased = Math.max(chunks.erased, stamp);
        }),
      deleteDay: (_: string, day: EpochDay, stamp: Stamp) =>
        this.#request(() => {
          this.#rowOf(day).taken = Math.max(this.#rowOf(day).taken, stamp);
          this.check();
        }),
      insertUnfinishedErasure: (one: UnfinishedErasure) =>
        this.#request(() => void this.unfinished.add(one)),
      deleteUnfinishedErasure: (one: UnfinishedErasure) =>
        this.#request(() => void this.unfinished.delete(one)),
      unfinishedErasures: (bucket: number, after: Stamp, until: Stamp) =>
        [...this.unfinished].filter(({ seq }) => bucket === 0 && seq > after && seq <= until),
    } as unknown as Statements;
  }

  /** No query finds the chunks of a day that is not listed. */
  check(): void {
    for (const { day, seq } of this.acknowledged) {
      if (!this.#chunksOf(day).includes(seq)) continue;
      expect(this.#rowOf(day).isThere, 'the day of an acknowledged chunk is listed').toBe(true);
    }
  }

  left(): number {
    const chunks = DAYS.flatMap((day) => this.#chunksOf(day)).length;
    return chunks + this.#listed().length + this.unfinished.size;
  }
}

/** A process that writes now and then, and what it is told is acknowledged. */
const writingProcess = (tables: Tables, random: () => number, isOver: () => boolean) => {
  const offsetMs = (random() - 0.5) * 2 * MAX_SKEW_MS;
  const statements = tables.asStatements();
  let last: { readonly day: EpochDay; readonly seq: Stamp } | undefined;
  const noting = {
    ...statements,
    insertChunk: async (userDay: UserDay, chunk: NewChunk) => {
      await statements.insertChunk(userDay, chunk);
      last = { day: userDay.day, seq: chunk.seq };
    },
  } as unknown as Statements;
  const writer = new ChunkWriter({
    statements: noting,
    stamps: new Stamps(
      MAX_SKEW_MS,
      () => undefined,
      () => Date.now() + offsetMs,
    ),
    trust: new DayTrust(DAY_TRUST_MS),
    ...{ writer: 'w', ttlSeconds: () => 0, observer: { committed: () => undefined } },
    onChunk: () => undefined,
  });
  return (async () => {
    while (!isOver()) {
      // Busy for a while, and then away for longer than entries are trusted.
      await wait(random() * (random() < 0.1 ? 6 * DAY_TRUST_MS : 60_000));
      const day = DAYS[Math.floor(random() * DAYS.length)] as EpochDay;
      const run = { deviceId: 'a', timestampsMicros: [1 as never], heartRates: [60] };
      try {
        await writer.write([{ userId: USER, day, runs: [run] }]);
        if (last !== undefined) tables.acknowledged.push(last);
        tables.check();
      } catch (error) {
        unlessUnavailable(error);
      }
    }
  })();
};

test.each(Array.from({ length: 10 }, (_, at) => at + 1))(
  'no acknowledged chunk loses the entry of its day, whatever is erased meanwhile (seed %i)',
  async (seed) => {
    vi.useFakeTimers({ now: 1.7e12 });
    onTestFinished(() => void vi.useRealTimers());
    const random = randomOf(seed);
    const tables = new Tables(random);
    const endMs = Date.now() + HOURS * 3_600_000;
    const isOver = () => Date.now() >= endMs;
    const eraser = new Eraser({
      ...{ statements: tables.asStatements(), writer: 'e', maxClockSkewMs: MAX_SKEW_MS },
      ...{ untrustedMs: UNTRUSTED_MS, check: () => undefined, onErased: () => undefined },
    });
    const erase = () => eraser.erase({ userId: USER }).catch(unlessUnavailable);
    const erasing = (async () => {
      while (!isOver()) {
        await wait(random() * 2 * DAY_TRUST_MS);
        await erase();
      }
    })();
    const finishers = [0, 1].map(
      () =>
        new ErasureFinisher({
          ...{ statements: tables.asStatements(), check: () => undefined },
          ...{ untrustedMs: UNTRUSTED_MS, intervalMs: 60_000 },
          observer: { failed: () => undefined },
        }),
    );
    const writing = [0, 1].map(() => writingProcess(tables, random, isOver));
    const all = Promise.all([erasing, ...writing]);
    // Awaited below; until then it is no unhandled rejection.
    all.catch(() => undefined);
    await vi.advanceTimersByTimeAsync((HOURS + 1) * 3_600_000);
    await all;
    tables.check();
    expect(tables.acknowledged.length).toBeGreaterThan(100);
    // And nothing is left of a user who stays away.
    tables.troubles = false;
    const last = erase();
    await vi.advanceTimersByTimeAsync(3_600_000);
    await last;
    expect(tables.left()).toBe(0);
    const closing = Promise.all(finishers.map((finisher) => finisher.close()));
    await vi.advanceTimersByTimeAsync(60_000);
    await closing;
  },
);
