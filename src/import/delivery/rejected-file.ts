import { type FileHandle, open, rm } from 'node:fs/promises';

/** A row that is not stored, and why. */
export interface Rejected {
  readonly input: string;
  readonly place: string;
  readonly reason: string;
  readonly row: unknown;
}

const MAX_ROW_CHARACTERS = 10_000;

/** JSON knows no integers beyond doubles, which Parquet has. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? 'null';

const lineOf = ({ row, ...rest }: Rejected): string => {
  const text = jsonOf(row);
  const shown = text.length > MAX_ROW_CHARACTERS ? text.slice(0, MAX_ROW_CHARACTERS) : row;
  return `${jsonOf({ ...rest, row: shown })}\n`;
};

/** The rows that were not stored, a line of JSON each. It exists only if there are any. */
export class RejectedFile {
  readonly path: string;
  #file: FileHandle | undefined;
  #bytes: number;

  private constructor(path: string, bytes: number) {
    this.path = path;
    this.#bytes = bytes;
  }

  /** Continues after its first `bytes`; what stands behind them was never acknowledged. */
  static async open(path: string, bytes: number): Promise<RejectedFile> {
    const rejected = new RejectedFile(path, bytes);
    if (bytes === 0) await rm(path, { force: true });
    else {
      rejected.#file = await open(path, 'r+');
      await rejected.#file.truncate(bytes);
    }
    return rejected;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(rows: readonly Rejected[]): Promise<void> {
    if (rows.length === 0) return;
    this.#file ??= await open(this.path, 'w');
    const bytes = Buffer.from(rows.map(lineOf).join(''));
    await this.#file.write(bytes, 0, bytes.length, this.#bytes);
    this.#bytes += bytes.length;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
