import type { ReadingsPiece } from '../../query/export/readings-piece.ts';

/** How a user's readings are written to a file. */
export interface ExportFormat {
  /** Its `Content-Type`, which begins with the media type that the contract names. */
  readonly contentType: string;
  /** How the file's name ends. */
  readonly extension: string;
  /** The file, each chunk written when it is asked for. */
  write(userId: string, pieces: AsyncIterable<ReadingsPiece>): AsyncGenerator<string | Uint8Array>;
}
