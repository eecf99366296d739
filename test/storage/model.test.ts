import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AcceptedReadings, rowsOf, scanRequest } from '../support/store.ts';
import type { Command } from './model-command.ts';
import { COMMANDS } from './model-commands.ts';
import { Machine } from './model-machine.ts';

const { MODEL_RUNS, MODEL_COMMANDS, MODEL_SEED, MODEL_PATH, MODEL_REPLAY } = process.env;
const RUNS = Number(MODEL_RUNS ?? 25);
const SEED = Number(MODEL_SEED ?? Date.now() % 2 ** 31);
const MAX_COMMANDS = Number(MODEL_COMMANDS ?? 20);
/**
 * Twenty times what it takes when nothing else runs: a busy machine is no failure. The rest is for
 * finding a shorter sequence that fails as well.
 */
const TIME_LIMIT_MS = 60_000 + RUNS * MAX_COMMANDS * 250;

const everythingAgrees = async (model: AcceptedReadings, { store }: Machine): Promise<void> => {
  for (const userId of [...model.users, 'nobody']) {
    const request = scanRequest(userId);
    expect(await rowsOf(store, request)).toEqual(model.rows(request));
  }
};

let commandsRun = 0;

const agrees = async (commands: Iterable<Command>): Promise<void> => {
  const model = new AcceptedReadings();
  const machine = await Machine.start();
  try {
    await fc.asyncModelRun(() => ({ model, real: machine }), commands);
    commandsRun += [...commands].length;
    await machine.settle();
    await everythingAgrees(model, machine);
    await machine.restart();
    await everythingAgrees(model, machine);
  } finally {
    await machine.stop();
  }
};

/**
 * A failure prints `seed` and `path`, and the commands with their `replayPath`. With
 * `MODEL_SEED=… MODEL_PATH=… MODEL_REPLAY=… npx vitest run test/storage/model.test.ts` only that
 * sequence is run again; with `MODEL_SEED` alone, all.
 */
test(`the store is a map that forgets nothing, in ${RUNS} random sequences (seed ${SEED})`, {
  timeout: TIME_LIMIT_MS + 30_000,
}, async () => {
  const replay = MODEL_REPLAY === undefined ? {} : { replayPath: MODEL_REPLAY };
  const sequences = fc.commands(COMMANDS, { maxCommands: MAX_COMMANDS, size: 'max', ...replay });
  await fc.assert(fc.asyncProperty(sequences, agrees), {
    numRuns: RUNS,
    seed: SEED,
    interruptAfterTimeLimit: TIME_LIMIT_MS,
    markInterruptAsFailure: true,
    ...(MODEL_PATH === undefined ? {} : { path: MODEL_PATH }),
  });
  console.log(`model: ${RUNS} sequences, ${commandsRun} commands, seed ${SEED}`);
});
