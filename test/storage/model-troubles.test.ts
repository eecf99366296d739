import { test } from 'vitest';
import { MICROS_PER_DAY } from '../../src/readings/timestamp.ts';
import { AcceptedReadings, reading } from '../support/store.ts';
import { accept, type Command, FIRST_DAY } from './model-command.ts';
import { Machine } from './model-machine.ts';
import { clockJump, damage, stolenSegment } from './model-troubles.ts';

const on = (day: number, userId: string, heartRate: number) =>
  reading(userId, 'device_a', (FIRST_DAY + day) * MICROS_PER_DAY + heartRate, heartRate);
const MORE = [on(0, 'ann', 70), on(1, 'ben', 80), on(1, 'ann', 71)];

/** Each alone, upon three days of two users; in the random sequences they meet all the others. */
test.each<[string, Command]>([
  ['a part is damaged and cannot be set aside', damage(0, MORE)],
  ['the last part is damaged and cannot be set aside', damage(2, MORE)],
  ['another owner takes the segment', stolenSegment(MORE)],
  ['the clock is ten years ahead', clockJump],
])('%s: nothing vanishes', async (_, command) => {
  const model = new AcceptedReadings();
  const machine = await Machine.start();
  try {
    for (const day of [0, 1, 2]) {
      await accept(model, machine, [on(day, 'ann', 60), on(day, 'ben', 61)]);
    }
    await command.run(model, machine);
    await command.run(model, machine);
  } finally {
    await machine.stop();
  }
});
