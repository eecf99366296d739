import type { HeartRateClient } from '../../../client/src/index.ts';
import { deliver, type Sourced } from './deliver.ts';
import { type ImportState, writeState } from './import-state.ts';
import type { Rejected, RejectedFile } from './rejected-file.ts';

/** Of these many rows is a batch; with the longest ids that fits into the service's body limit. */
const BATCH_ROWS = 5_000;

/** How many rows there were, and what became of them. */
export interface Totals {
  readonly rows: number;
  readonly stored: number;
  readonly rejected: number;
}

interface Batch {
  readonly accepted: Sourced[];
  readonly rejected: Rejected[];
}

const emptyBatch = (): Batch => ({ accepted: [], rejected: [] });

/**
 * Takes rows in order and has them stored a batch at a time: one is under way while the next is
 * filled, never more, so that the last value of an identity is the last in the input. The rejected
 * file and the state follow each acknowledgement, never before it.
 */
export class Delivery {
  readonly #client: HeartRateClient;
  readonly #rejectedFile: RejectedFile;
  readonly #statePath: string;
  #state: ImportState;
  #batch = emptyBatch();
  #underWay: Promise<void> = Promise.resolve();

  constructor(
    client: HeartRateClient,
    rejectedFile: RejectedFile,
    state: { readonly path: string; readonly begin: ImportState },
  ) {
    this.#client = client;
    this.#rejectedFile = rejectedFile;
    this.#statePath = state.path;
    this.#state = state.begin;
  }

  /** What is acknowledged by now. */
  get totals(): Totals {
    return this.#state;
  }

  accept(sourced: Sourced): Promise<void> | undefined {
    this.#batch.accepted.push(sourced);
    return this.#sendWhenFull();
  }

  reject(rejected: Rejected): Promise<void> | undefined {
    this.#batch.rejected.push(rejected);
    return this.#sendWhenFull();
  }

  /** Resolves when everything that was taken is acknowledged. */
  async finish(): Promise<void> {
    await this.#send();
    await this.#underWay;
  }

  /** Lets go of what was not sent yet, and waits for what is under way. */
  async abandon(): Promise<void> {
    this.#batch = emptyBatch();
    await this.#underWay;
  }

  #sendWhenFull(): Promise<void> | undefined {
    const { accepted, rejected } = this.#batch;
    return accepted.length + rejected.length < BATCH_ROWS ? undefined : this.#send();
  }

  async #send(): Promise<void> {
    await this.#underWay;
    const batch = this.#batch;
    this.#batch = emptyBatch();
    this.#underWay = this.#acknowledge(batch);
    // Whoever sends the next batch, or finishes, is told.
    this.#underWay.catch(() => undefined);
  }

  async #acknowledge({ accepted, rejected }: Batch): Promise<void> {
    const rows = accepted.length + rejected.length;
    if (rows === 0) return;
    const refused = await deliver(this.#client, accepted);
    const refusals = refused.map(({ sourced: { input, place, row }, reason }) => ({
      input,
      place,
      reason,
      row,
    }));
    await this.#rejectedFile.append([...rejected, ...refusals]);
    const all = rejected.length + refused.length;
    this.#state = {
      ...this.#state,
      rows: this.#state.rows + rows,
      stored: this.#state.stored + rows - all,
      rejected: this.#state.rejected + all,
      rejectedBytes: this.#rejectedFile.bytes,
    };
    await writeState(this.#statePath, this.#state);
  }
}
