import { LRUCache } from 'lru-cache';
import type { PartFile } from '../../rows/part-file.ts';
import { readFooter } from './footer.ts';
import { USER_FILTER_KEY, UserFilter, type UserHash, userHash } from './user-filter.ts';

/** 100,000 parts of few users, or 500 of the most that a filter takes. */
const MAX_BYTES = 32 * 1024 * 1024;
/** What an entry takes besides its filter: the path, and the objects. */
const ENTRY_BYTES = 300;

/** Of a part that has none: it may hold anybody. */
const NO_FILTER = Symbol('no filter');
type Entry = UserFilter | typeof NO_FILTER;

/**
 * Tells which users a part cannot hold, by the filter in its footer: without reading its rows, and
 * from memory once it was asked. Parts of formats 1 and 2 have no filter, nor have those of very
 * many users; one that is damaged excludes nobody.
 */
export class UserFilters {
  readonly #filters: LRUCache<string, Entry>;
  /** The user who was asked for last: mostly it is one user and many parts. */
  #last: { readonly userId: string; readonly hash: UserHash } | undefined;

  constructor(maxBytes = MAX_BYTES) {
    const sizeCalculation = (entry: Entry) => ENTRY_BYTES + (entry === NO_FILTER ? 0 : entry.bytes);
    this.#filters = new LRUCache({ maxSize: maxBytes, sizeCalculation });
  }

  /** Whether the part may hold readings of the user; false is certain. Never rejects. */
  async mayHold(part: PartFile, userId: string): Promise<boolean> {
    const filter = this.#filters.get(part.path) ?? (await this.#read(part));
    return filter === NO_FILTER || filter.mayHold(this.#hashOf(userId));
  }

  /** Reads what {@link mayHold} needs of the part, so that its first call does not wait for it. */
  async warm(part: PartFile): Promise<void> {
    if (!this.#filters.has(part.path)) await this.#read(part);
  }

  /** Takes in what was written into the footer of a new part, which so need not be read. */
  put({ path }: Pick<PartFile, 'path'>, userFilter: string | undefined): Entry {
    const entry =
      (userFilter === undefined ? undefined : UserFilter.decode(userFilter)) ?? NO_FILTER;
    this.#filters.set(path, entry);
    return entry;
  }

  /** Lets go of a part that is no more. */
  forget({ path }: Pick<PartFile, 'path'>): void {
    this.#filters.delete(path);
  }

  async #read(part: PartFile): Promise<Entry> {
    try {
      const { key_value_metadata } = await readFooter(part.path);
      return this.put(part, key_value_metadata?.find(({ key }) => key === USER_FILTER_KEY)?.value);
    } catch {
      // Damaged, gone, or too many open files: whoever reads the part for its rows will find out.
      return NO_FILTER;
    }
  }

  #hashOf(userId: string): UserHash {
    if (this.#last?.userId !== userId) this.#last = { userId, hash: userHash(userId) };
    return this.#last.hash;
  }
}
