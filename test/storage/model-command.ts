import type fc from 'fast-check';
import type { EpochMicros, Reading } from '../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../src/readings/timestamp.ts';
import { type AcceptedReadings, append, reading } from '../support/store.ts';
import { type Machine, SEGMENT_MAX_BYTES } from './model-machine.ts';

/** What any store has, wherever it keeps its readings. */
export type StoreMachine = Pick<Machine, 'store' | 'query' | 'asked' | 'restart'>;
export type Command<M = Machine> = fc.AsyncCommand<AcceptedReadings, M>;

/** 2024-01-15 */
export const FIRST_DAY = 19_737;
/** Whose readings fill a segment, so that it is closed. */
export const FILLER = 'filler';
/** Each takes more than 17 bytes of the log. */
const FILLING_READINGS = SEGMENT_MAX_BYTES / 17;

export const EVER = {
  startMicros: 0 as EpochMicros,
  endMicros: (1e5 * MICROS_PER_DAY) as EpochMicros,
};

/** A command of which only the effect is its own. */
export const command = <M = Machine>(
  name: string,
  run: Command<M>['run'],
  check: Command<M>['check'] = () => true,
): Command<M> => ({ run, check, toString: () => name });

export const accept = async (
  model: AcceptedReadings,
  machine: Pick<Machine, 'store'>,
  readings: readonly Reading[],
): Promise<void> => {
  await append(machine.store, ...readings);
  model.add(...readings);
};

/** Gives the store so many readings of a day that it closes the segment. */
export const fillSegment = (
  model: AcceptedReadings,
  machine: Machine,
  day: number,
): Promise<void> => {
  const start = (FIRST_DAY + day) * MICROS_PER_DAY;
  const readings = Array.from({ length: FILLING_READINGS }, (_, i) =>
    reading(FILLER, 'device_a', start + i, 60 + day),
  );
  return accept(model, machine, readings);
};
