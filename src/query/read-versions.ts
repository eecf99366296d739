import { randomBytes } from 'node:crypto';
import type { EpochDay } from '../readings/reading.ts';
import { ALL_TIME } from '../readings/time-range.ts';
import type { DayVersion, ReadingStore, ScannedDay } from '../storage/reading-store.ts';
import type { LatestRequest } from './latest-reading.ts';
import { RecentlyUsed } from './recently-used.ts';
import type { SeriesRequest } from './series-query.ts';
import { weightOfVersion } from './version-weight.ts';

/**
 * How much is remembered of all queries together, in hundreds of bytes: 15 MB, the versions of 50,000
 * days of one part each.
 */
const MAX_WEIGHT = 150_000;

/** A day as it was read. */
export type ReadDay = Pick<ScannedDay, 'day' | 'version' | 'changesSince'>;

interface KnownRead {
  readonly tag: string;
  /** In the order in which they were read. */
  readonly days: readonly { readonly day: EpochDay; readonly version: DayVersion }[];
}

/** Two more for the key and the tag. */
const weightOf = ({ days }: KnownRead): number =>
  days.reduce((sum, { version }) => sum + weightOfVersion(version), 2);

const isUnchanged = (known: KnownRead, at: number, found: ReadDay): boolean => {
  const before = known.days[at];
  return before?.day === found.day && found.changesSince(before.version) === 'none';
};

/** Whether what was read then are the days that a scan gives now, unchanged: all of them, or the first. */
const isCurrent = async (
  known: KnownRead,
  scan: AsyncIterable<ReadDay>,
  which: 'all' | 'beginning',
): Promise<boolean> => {
  let same = 0;
  for await (const found of scan) {
    if (!isUnchanged(known, same, found)) return false;
    same++;
    if (which === 'beginning' && same === known.days.length) return true;
  }
  return same === known.days.length;
};

/** What a query reads, for the tag it gets. */
export interface VersionedRead {
  /**
   * Named by this tag and no other, in this process or any other. Before the end a new one; after it
   * the one that the query's last read has, if nothing changed since.
   */
  readonly tag: string;
  /** The tag of the query's last read, if nothing has changed since: found without reading a day. */
  current(): Promise<string | undefined>;
  /** A day has been read; one that is read again counts as it was then. */
  saw(day: ReadDay): void;
  /** All has been read, and there was something. Nothing at all has no tag. */
  end(): void;
}

/**
 * Remembers the versions of what queries have read, so that one that is asked again by somebody who
 * still has the response costs a look at them (RFC 9110 8.8.3).
 */
export class ReadVersions {
  readonly #store: Pick<ReadingStore, 'scan' | 'scanBackwards'>;
  readonly #process = randomBytes(6).toString('base64url');
  readonly #known: RecentlyUsed<KnownRead>;
  #tags = 0;

  constructor(store: Pick<ReadingStore, 'scan' | 'scanBackwards'>, maxWeight = MAX_WEIGHT) {
    this.#store = store;
    this.#known = new RecentlyUsed(maxWeight, weightOf);
  }

  series(request: SeriesRequest): VersionedRead {
    const key = `${keyPrefix(request.userId)}${JSON.stringify(request)}`;
    return this.#read(key, (known) => isCurrent(known, this.#store.scan(request), 'all'));
  }

  /** Here the days that are read come from the newest on, and the last of them has the reading. */
  latest({ userId, deviceId }: LatestRequest): VersionedRead {
    const ofDevice = deviceId === undefined ? {} : { deviceId };
    const key = `${keyPrefix(userId)}${JSON.stringify(ofDevice)}`;
    const request = { userId, ...ofDevice, range: ALL_TIME };
    return this.#read(key, (known) =>
      isCurrent(known, this.#store.scanBackwards(request), 'beginning'),
    );
  }

  /** Lets go of what is remembered of a user, who has been erased. */
  forget(userId: string): void {
    this.#known.forget(keyPrefix(userId));
  }

  #read(key: string, isStillTrue: (known: KnownRead) => Promise<boolean>): VersionedRead {
    // Not the days themselves, which hold all their readings: a series would, until it ends.
    const days = new Map<EpochDay, { version: DayVersion; isSame: boolean }>();
    const known = this.#known.get(key);
    let tag: string | undefined;
    const newTag = () => {
      tag ??= this.#newTag();
      return tag;
    };
    return {
      get tag() {
        return newTag();
      },
      current: async () =>
        known !== undefined && (await isStillTrue(known)) ? known.tag : undefined,
      saw: (found) => {
        const { day, version } = found;
        const at = days.has(day) ? [...days.keys()].indexOf(day) : days.size;
        const isSame = known !== undefined && isUnchanged(known, at, found);
        days.set(day, { version, isSame });
      },
      end: () => {
        const isKnown =
          known?.days.length === days.size && [...days.values()].every(({ isSame }) => isSame);
        // A tag that has been given out stays.
        tag ??= isKnown ? known.tag : newTag();
        const versions = [...days].map(([day, { version }]) => ({ day, version }));
        this.#known.set(key, { tag, days: versions });
      },
    };
  }

  #newTag(): string {
    this.#tags++;
    return `${this.#process}-${this.#tags}`;
  }
}

const keyPrefix = (userId: string): string => `${JSON.stringify(userId)} `;
