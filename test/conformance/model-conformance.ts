import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { Sequence } from '../../src/readings/reading.ts';
import { ReadingBatch } from '../../src/readings/reading-batch.ts';
import { ALL_TIME } from '../../src/readings/time-range.ts';
import { readings, USER } from '../query/arbitrary-readings.ts';
import { oracleSeries } from '../query/oracle.ts';
import type { Command, StoreMachine } from '../storage/model-command.ts';
import { COMMANDS_OF_ANY_STORE } from '../storage/model-commands.ts';
import { answered } from '../support/series-rows.ts';
import { AcceptedReadings, rowsOf, scanRequest } from '../support/store.ts';
import { newUser, type Place } from './place.ts';
import { prefixedStore } from './prefixed-store.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.MODEL_RUNS ?? 12);
const MAX_COMMANDS = 20;
const TIME_LIMIT_MS = 240_000;
const MINUTE = 60_000_000;

/** One process after the other, with users whom no other sequence has. */
const machineOf = async (place: Place): Promise<StoreMachine & { stop(): Promise<void> }> => {
  const prefix = `${newUser()} `;
  const open = async () => prefixedStore(await place.open(), prefix);
  let store = await open();
  let query = new SeriesQuery(store, DEVICE_PRIORITIES);
  return {
    get store() {
      return store;
    },
    get query() {
      return query;
    },
    asked: [],
    async restart() {
      await store.close();
      store = await open();
      query = new SeriesQuery(store, DEVICE_PRIORITIES);
    },
    stop: () => store.close(),
  };
};

/** What any store must be found to be, in random sequences of what may be done to it. */
export const modelConformance = (placeOf: () => Place): void => {
  const agrees = async (commands: Iterable<Command<StoreMachine>>): Promise<void> => {
    const model = new AcceptedReadings();
    const machine = await machineOf(placeOf());
    try {
      await fc.asyncModelRun(() => ({ model, real: machine }), commands);
      await machine.restart();
      for (const userId of [...model.users, 'nobody']) {
        const request = scanRequest(userId);
        expect(await rowsOf(machine.store, request)).toEqual(model.rows(request));
      }
    } finally {
      await machine.stop();
    }
  };

  it(`is a map that forgets nothing, in ${RUNS} random sequences (seed ${SEED})`, {
    timeout: TIME_LIMIT_MS + 30_000,
  }, async () => {
    const sequences = fc.commands(COMMANDS_OF_ANY_STORE, {
      maxCommands: MAX_COMMANDS,
      size: 'max',
    });
    await fc.assert(fc.asyncProperty(sequences, agrees), {
      numRuns: RUNS,
      seed: SEED,
      interruptAfterTimeLimit: TIME_LIMIT_MS,
      markInterruptAsFailure: true,
    });
  });

  it(`answers as plain loops do, from random readings (seed ${SEED})`, async () => {
    const store = await placeOf().open();
    try {
      const property = fc.asyncProperty(
        readings(40),
        fc.integer({ min: 1, max: 40 }),
        async (stored, atOnce) => {
          const own = prefixedStore(store, `${newUser()} `);
          for (let from = 0; from < stored.length; from += atOnce) {
            await own.append(ReadingBatch.of(...stored.slice(from, from + atOnce)));
          }
          const asked = {
            ...{ userId: USER, range: ALL_TIME, interval: '1m' as const },
            priorityScope: 'timestamp' as const,
          };
          const rows = await answered(new SeriesQuery(own, DEVICE_PRIORITIES).run(asked));
          const numbered = stored.map((one, at) => ({ ...one, sequence: at as Sequence }));
          const rules = { ...asked, ...asked.range, intervalMicros: MINUTE };
          expect(rows).toEqual(oracleSeries(numbered, DEVICE_PRIORITIES, rules));
        },
      );
      await fc.assert(property, { numRuns: 40, seed: SEED });
    } finally {
      await store.close();
    }
  }, 120_000);
};
