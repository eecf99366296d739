import type { PartFile } from '../../rows/part-file.ts';

/** Tells, without reading its rows, which users a part cannot hold. */
export class UserFilters {
  /** Whether the part may hold readings of the user; false is certain. Never rejects. */
  async mayHold(_part: PartFile, _userId: string): Promise<boolean> {
    return true;
  }

  /** Reads what {@link mayHold} needs of the part, so that its first call does not wait for it. */
  async warm(_part: PartFile): Promise<void> {}
}
