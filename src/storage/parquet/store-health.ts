import type { StoreHealth } from '../reading-store.ts';

/** Readings that wait longer than this to be flushed are a sign that flushing does not keep up. */
const MAX_UNFLUSHED_MS = 10 * 60_000;
/** A day of more parts is slow to read, and a sign that merging does not keep up. */
const MAX_PARTS_OF_DAY = 64;

export interface StoreCondition extends Omit<StoreHealth, 'state' | 'reasons'> {
  /** Why no reading can be taken, as far as there is a reason. */
  readonly blocked: readonly (string | undefined)[];
  /** What failed when it was last tried. */
  readonly troubles: readonly string[];
  /** Pieces of damaged data that were set aside. */
  readonly quarantined: number;
  /** Damaged parts that cannot be set aside for now. */
  readonly unplaced: readonly string[];
  /** Files in the folders of days that are none of the store's. */
  readonly strangers: readonly string[];
}

/** What a store says of itself, judged by its condition. */
export const storeHealth = (condition: StoreCondition): StoreHealth => {
  const { blocked, troubles, quarantined, unplaced, strangers, ...counts } = condition;
  const blocking = blocked.filter((why) => why !== undefined);
  const reasons = [...blocking, ...troubles, ...lagOf(counts)];
  if (quarantined > 0) {
    reasons.push(`damaged data was set aside in quarantine/: ${quarantined} pieces`);
  }
  if (unplaced.length > 0) {
    reasons.push(`damaged parts cannot be set aside and are left out: ${named(unplaced)}`);
  }
  if (strangers.length > 0) reasons.push(`files that are not the store's: ${named(strangers)}`);
  const state = blocking.length > 0 ? 'unavailable' : reasons.length > 0 ? 'degraded' : 'ok';
  return { state, reasons, ...counts };
};

/** How many there are, and a few of them by name. */
const named = (paths: readonly string[]): string =>
  `${paths.length} (${paths.slice(0, 3).join(', ')})`;

function* lagOf({
  oldestUnflushedMs,
  mostPartsOfDay,
}: Pick<StoreHealth, 'oldestUnflushedMs' | 'mostPartsOfDay'>): Generator<string> {
  if (oldestUnflushedMs > MAX_UNFLUSHED_MS) {
    const minutes = Math.floor(oldestUnflushedMs / 60_000);
    yield `readings have waited ${minutes} minutes to be written to Parquet`;
  }
  if (mostPartsOfDay > MAX_PARTS_OF_DAY) yield `a day has ${mostPartsOfDay} Parquet files`;
}
