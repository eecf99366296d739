import type { HeartRateClient } from '../../client/src/index.ts';
import { Delivery, type Totals } from './delivery/delivery.ts';
import { identityOf, readState, removeState } from './delivery/import-state.ts';
import { RejectedFile } from './delivery/rejected-file.ts';
import type { Format, ReadOptions } from './formats/format.ts';
import type { Input } from './input/input.ts';
import { fileInput, formattedInputs, type ReadProgress } from './input/source-inputs.ts';
import { checkReading, type ReadingRules } from './readings/check-reading.ts';
import type { SourceRow } from './source-row.ts';

export interface ImportOptions extends ReadOptions {
  readonly rules: ReadingRules;
  /** What the file is; undefined: its content tells. */
  readonly format: Format | undefined;
  readonly rejectedPath: string;
  readonly statePath: string;
  /** Whether it goes on where the state says that the last import ended. */
  readonly resume: boolean;
  /** What decides beside the file whether a state is of this import. */
  readonly identity: unknown;
  /** Ends the import after the batch under way. */
  readonly signal: AbortSignal;
}

/** How far an import has come, while it runs and at its end. */
export interface ImportProgress extends Totals {
  readonly bytes: number;
  readonly totalBytes: number;
  /** Rows that had been acknowledged before, and were passed over. */
  readonly resumedAfter: number;
}

export interface ImportResult extends Totals {
  readonly resumedAfter: number;
  /** By format and how many inputs of it. */
  readonly formats: Readonly<Record<string, number>>;
  /** Of the stored readings so many had local times, which no zone was given for. */
  readonly takenAsUtc: number;
  /** Whether it ended before the end, because it was told to. */
  readonly isInterrupted: boolean;
}

/** Imports one file. */
export class FileImport {
  readonly #client: HeartRateClient;
  readonly #options: ImportOptions;
  readonly #formats: Record<string, number> = {};
  #takenAsUtc = 0;
  #resumedAfter = 0;
  #delivery: Delivery | undefined;
  #read: ReadProgress | undefined;

  constructor(client: HeartRateClient, options: ImportOptions) {
    this.#client = client;
    this.#options = options;
  }

  progress(): ImportProgress {
    const { rows, stored, rejected } = this.#delivery?.totals ?? NOTHING;
    const { bytes, totalBytes } = this.#read ?? { bytes: 0, totalBytes: 0 };
    return { rows, stored, rejected, bytes, totalBytes, resumedAfter: this.#resumedAfter };
  }

  /**
   * Reads the file to its end, and resolves when every row is stored or in the rejected file. When
   * it rejects, what was acknowledged so far is in the state file. Throws an UnknownInputError
   * before anything is sent, and an ImportError where the file is damaged: then nothing is sent of
   * what was read since the last batch.
   */
  async run(path: string): Promise<ImportResult> {
    const { statePath, rejectedPath, resume, identity: about } = this.#options;
    const { input, progress } = await fileInput(path);
    this.#read = progress;
    const identity = await identityOf(path, about);
    const state = resume ? await readState(statePath, identity) : undefined;
    this.#resumedAfter = state?.rows ?? 0;
    const rejectedFile = await RejectedFile.open(rejectedPath, state?.rejectedBytes ?? 0);
    const begin = state ?? { ...NOTHING, identity, rejectedBytes: 0 };
    const delivery = new Delivery(this.#client, rejectedFile, { path: statePath, begin });
    this.#delivery = delivery;
    try {
      const isWhole = await this.#readAll(input, progress, delivery);
      if (isWhole) {
        await delivery.finish();
        await removeState(statePath);
      }
      return this.#result(delivery, !isWhole);
    } finally {
      // What is under way may still be acknowledged, and is to be remembered then.
      await delivery.abandon().catch(() => undefined);
      await rejectedFile.close();
    }
  }

  #result(delivery: Delivery, isInterrupted: boolean): ImportResult {
    const { rows, stored, rejected } = delivery.totals;
    return {
      rows,
      stored,
      rejected,
      resumedAfter: this.#resumedAfter,
      formats: this.#formats,
      takenAsUtc: this.#takenAsUtc,
      isInterrupted,
    };
  }

  /** False when it was told to end. */
  async #readAll(input: Input, progress: ReadProgress, delivery: Delivery): Promise<boolean> {
    const { format: forced, columns, signal } = this.#options;
    let rows = 0;
    for await (const { input: part, format } of formattedInputs(input, forced, progress)) {
      this.#formats[format.name] = (this.#formats[format.name] ?? 0) + 1;
      for await (const row of format.read(part, { columns })) {
        if (signal.aborted) {
          await delivery.abandon();
          return false;
        }
        // Checked also when it is passed over: the hours that come twice are told apart by order.
        const taken = this.#take(part.name, row, ++rows > this.#resumedAfter, delivery);
        if (taken !== undefined) await taken;
      }
    }
    return true;
  }

  #take(
    name: string,
    row: SourceRow,
    isNew: boolean,
    delivery: Delivery,
  ): Promise<void> | undefined {
    const { rules } = this.#options;
    const checked = 'reason' in row ? row : checkReading(row, rules);
    if (!isNew) return undefined;
    const placed = { input: name, place: row.place, row: row.row };
    if ('reason' in checked) return delivery.reject({ ...placed, reason: checked.reason });
    if (checked.isLocal && rules.clock === undefined) this.#takenAsUtc++;
    return delivery.accept({ ...placed, reading: checked.reading });
  }
}

const NOTHING: Totals = { rows: 0, stored: 0, rejected: 0 };
