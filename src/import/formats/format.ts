import type { Input } from '../input/input.ts';
import type { SourceRow } from '../source-row.ts';

/** Which column of a table has what; what is not named is looked for by usual names. */
export type ColumnNames = Partial<Record<'time' | 'heart_rate' | 'device' | 'user', string>>;

export interface ReadOptions {
  readonly columns: ColumnNames;
}

/** One kind of file: what it looks like, and how its rows are read. */
export interface Format {
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  /**
   * Formats that anything may look like are not looked for in archives, where most entries are
   * something else.
   */
  readonly isGeneric?: boolean;
  /** By its content; `text` is its beginning. */
  recognizes(head: { readonly bytes: Uint8Array; readonly text: string }): boolean;
  /**
   * Every row in the order of the input, with no more of it in memory than one item needs. Throws
   * an ImportError when the input is damaged, an UnknownInputError when it is of another format.
   */
  read(input: Input, options: ReadOptions): AsyncIterable<SourceRow>;
}
