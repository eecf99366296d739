import { setTimeout as sleep } from 'node:timers/promises';
import { SeriesQuery } from '../query/series-query.ts';
import type { DevicePriority } from '../readings/device-priority.ts';
import { StoreUnavailableError } from '../storage/reading-store.ts';
import { movePiece, NOTHING, type Outcome, sumOf } from './move-piece.ts';
import type { Source, Target, Unit } from './readings.ts';
import { isSameSeries } from './same-series.ts';

/** So many units at once: of each there are up to 100,000 readings in memory, and two copies. */
const UNITS_AT_ONCE = 8;
/** How long a store that cannot answer for now is asked again, in milliseconds. */
const PATIENCE_MS = 120_000;
/** A source that goes on taking readings may have more a moment later. */
const SERIES_TRIES = 3;

/** How far it has come, and what has become of the readings so far. */
export interface MigrationState {
  /** Of the last unit that is done with all before it; undefined when none is. */
  readonly position: string | undefined;
  readonly units: number;
  readonly outcome: Outcome;
  /** Units of which both stores' series were compared, and those that differed. */
  readonly compared: number;
  readonly different: number;
}

export const BEGINNING: MigrationState = {
  position: undefined,
  ...{ units: 0, outcome: NOTHING, compared: 0, different: 0 },
};

export interface MigrationOptions {
  readonly source: Source;
  readonly target: Target;
  readonly devicePriorities: readonly DevicePriority[];
  /** Told how far it has come, some units at a time; what is done is not done again from there. */
  readonly onState: (state: MigrationState, share: number) => Promise<void>;
}

/**
 * Moves all that the source has after a state, and resolves with the last state. Rejects when a
 * store fails, also after some patience; from the last state it can be gone on with.
 */
export const runMigration = async (
  { source, target, devicePriorities, onState }: MigrationOptions,
  from: MigrationState,
): Promise<MigrationState> => {
  const [reading, written] = [source, target].map(
    ({ store }) => new SeriesQuery(store, devicePriorities),
  ) as [SeriesQuery, SeriesQuery];
  const move = async ({ request }: Unit): Promise<Outcome> => {
    let outcome = NOTHING;
    for await (const piece of reading.readings(request)) {
      outcome = sumOf(outcome, await patiently(() => movePiece(target, request.userId, piece)));
    }
    return outcome;
  };
  /** Undefined: they cannot be the same, as the target has readings of its own. */
  const compare = async (unit: Unit): Promise<boolean | undefined> => {
    for (let tries = 1; ; tries++) {
      if (await patiently(() => isSameSeries(reading, written, unit.request))) return true;
      const outcome = await patiently(() => move(unit));
      const hasOwn =
        !target.isAlone &&
        (outcome.superseded + outcome.missing > 0 ||
          (await patiently(() => target.read(unit.request))).size > outcome.readings);
      if (hasOwn) return undefined;
      if (tries === SERIES_TRIES) return false;
    }
  };
  let state = from;
  const finish = async (units: readonly Unit[]): Promise<void> => {
    const outcomes = await settled(units.map((unit) => patiently(() => move(unit))));
    for (const [at, unit] of units.entries()) {
      const outcome = outcomes[at] as Outcome;
      const isSampled = outcome.readings > 0 && isPowerOfTwo(state.units + 1);
      const same = isSampled ? await compare(unit) : undefined;
      state = {
        position: unit.position,
        units: state.units + (outcome.readings > 0 ? 1 : 0),
        outcome: sumOf(state.outcome, outcome),
        compared: state.compared + (same === undefined ? 0 : 1),
        different: state.different + (same === false ? 1 : 0),
      };
    }
    await onState(state, units.at(-1)?.share ?? 0);
  };
  try {
    let units: Unit[] = [];
    for await (const unit of source.units(from.position)) {
      units.push(unit);
      if (units.length < UNITS_AT_ONCE) continue;
      await finish(units);
      units = [];
    }
    if (units.length > 0) await finish(units);
    return state;
  } finally {
    await reading.close();
    await written.close();
  }
};

/** The first units, and then ever fewer of them: their number stays small however many there are. */
const isPowerOfTwo = (count: number): boolean => Number.isInteger(Math.log2(count));

/** When all have ended, so that nothing goes on after a failure. */
const settled = async <T>(all: readonly Promise<T>[]): Promise<T[]> => {
  await Promise.allSettled(all);
  return Promise.all(all);
};

/** Does it again while a store says that it cannot for now. */
const patiently = async <T>(act: () => Promise<T>): Promise<T> => {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || Date.now() > deadline) throw error;
      await sleep(error.retryAfterSeconds * 1000);
    }
  }
};
