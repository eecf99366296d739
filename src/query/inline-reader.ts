import { frameOf } from '../storage/parquet/source-frame.ts';
import { UserRowsCache } from '../storage/parquet/user-rows-cache.ts';
import type { DayJob, DayReader } from './day-reader.ts';
import { type SeriesPiece, seriesPiece } from './series-piece.ts';
import { SeriesPlan } from './series-plan.ts';

/** Reads in the thread it is called from; `listed` are the devices, best first. */
export class InlineReader implements DayReader {
  readonly #listed: readonly string[];
  readonly #plan: SeriesPlan;
  readonly #userRows = new UserRowsCache();

  constructor(listed: readonly string[]) {
    this.#listed = listed;
    this.#plan = new SeriesPlan(listed);
  }

  async read({ source, distinct, contest, interval }: DayJob): Promise<SeriesPiece> {
    const frame = await frameOf(source, this.#userRows);
    const buckets = await this.#plan.of(frame, distinct, contest, interval).collect();
    return seriesPiece(buckets, this.#listed);
  }

  async forget(userId: string): Promise<void> {
    this.#userRows.forget(userId);
  }

  async close(): Promise<void> {}
}
