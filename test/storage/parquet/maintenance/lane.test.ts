import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  Lane,
  type Task,
  TaskHeldUpError,
} from '../../../../src/storage/parquet/maintenance/lane.ts';
import { RETRY_LIMIT, Retries } from '../../../../src/storage/parquet/maintenance/retries.ts';
import { failuresTo } from '../../../support/maintenance.ts';
import { until } from '../../../support/store.ts';

const RETRY_MS = 20;

/** A task that is to be done to some subjects, each once; `perform` may throw. */
const taskOf = (
  name: string,
  subjects: string[],
  perform: (subject: string) => void | Promise<void> = () => {},
): Task & { readonly done: string[] } => {
  const done: string[] = [];
  return {
    name,
    canWait: false,
    done,
    next: (isWaiting) => {
      const subject = subjects.find((one) => !isWaiting(one));
      if (subject === undefined) return undefined;
      const run = async () => {
        await perform(subject);
        subjects.splice(subjects.indexOf(subject), 1);
        done.push(subject);
      };
      return { subject, run };
    },
  };
};

const laneOf = (tasks: readonly Task[], idleTasks: readonly Task[] = []) => {
  const failures: string[] = [];
  const observer = failuresTo(({ what }) => void failures.push(what));
  const lane = new Lane({ tasks, idleTasks, observer, retryMs: RETRY_MS, onStep: () => {} });
  return { lane, failures };
};

describe('a lane', () => {
  it('gives each task a step in turn, and the idle ones what is left', async () => {
    const order: string[] = [];
    const noted = (subject: string) => void order.push(subject);
    const tasks = [taskOf('a', ['a1', 'a2', 'a3'], noted), taskOf('b', ['b1', 'b2'], noted)];
    const idle = taskOf('idle', ['idle1', 'idle2'], noted);
    const { lane } = laneOf(tasks, [idle]);
    lane.wake();
    await until('all is done', () => idle.done.length === 2);
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'idle1', 'idle2']);
    await lane.stop();
  });

  it('goes on with all else when a step fails, and tries it again later', async () => {
    let isBroken = true;
    const task = taskOf('removing', ['bad', 'good', 'better'], (subject) => {
      if (subject === 'bad' && isBroken) throw new Error('no luck');
    });
    const { lane, failures } = laneOf([task]);
    lane.wake();
    await until('the others are done', () => task.done.length === 2);
    expect(task.done).toEqual(['good', 'better']);
    expect(lane.troubles).toEqual(['removing failed: Error: no luck']);
    isBroken = false;
    await until('it is done too', () => task.done.length === 3);
    await until('nothing is told any more', () => lane.troubles.length === 0);
    expect(failures.length).toBeGreaterThan(0);
    await lane.stop();
  });

  it('tries again what came due just after it was looked at', async () => {
    let nowMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    onTestFinished(() => clock.mockRestore());
    let tries = 0;
    const flushing: Task = {
      name: 'flushing',
      canWait: false,
      next(isWaiting) {
        if (tries === 2) return undefined;
        if (isWaiting('segment')) {
          // It is due once everything has been looked at.
          nowMs += RETRY_MS;
          return undefined;
        }
        return {
          subject: 'segment',
          async run() {
            tries++;
            if (tries === 1) throw new Error('no luck');
          },
        };
      },
    };
    const { lane } = laneOf([flushing]);
    lane.wake();
    await until('it is tried again', () => tries === 2);
    await lane.stop();
  });

  it('waits longer after each failure', async () => {
    const triedAtMs: number[] = [];
    const task = taskOf('flushing', ['segment'], () => {
      triedAtMs.push(performance.now());
      throw new Error('no luck');
    });
    const { lane } = laneOf([task]);
    lane.wake();
    await until('it was tried often', () => triedAtMs.length === 4);
    const waits = triedAtMs.slice(1).map((at, i) => at - (triedAtMs[i] as number));
    // A timer is no earlier than a millisecond before its time.
    for (const [i, wait] of waits.entries()) expect(wait).toBeGreaterThan(RETRY_MS * 2 ** i - 2);
    lane.wake();
    await sleep(RETRY_MS);
    expect(triedAtMs).toHaveLength(4);
    await lane.stop();
  });

  it('holds up a whole task for what all its steps need', async () => {
    const tried: string[] = [];
    const task = taskOf('merging', ['a', 'b', 'c'], (subject) => {
      tried.push(subject);
      throw new TaskHeldUpError('no room');
    });
    const { lane } = laneOf([task]);
    lane.wake();
    await sleep(RETRY_MS / 2);
    expect(tried).toEqual(['a']);
    await lane.stop();
  });

  it('tries no more than a hundred that fail, however many there are', async () => {
    const subjects = Array.from({ length: 1000 }, (_, i) => `${i}`);
    const tried = new Set<string>();
    const task = taskOf('removing', subjects, (subject) => {
      tried.add(subject);
      throw new Error('no luck');
    });
    const { lane, failures } = laneOf([task]);
    lane.wake();
    await until('some were tried again', () => failures.length > 150);
    expect(tried.size).toBe(100);
    expect(lane.troubles).toHaveLength(1);
    await lane.stop();
  });

  it('that was stopped does what cannot wait, each once, however lately it failed', async () => {
    const tried: string[] = [];
    const failing = taskOf('flushing', ['a', 'b'], (subject) => {
      tried.push(subject);
      if (subject === 'a') throw new Error('no luck');
    });
    const merging = { ...taskOf('merging', ['c']), canWait: true };
    const { lane } = laneOf([failing, merging]);
    await lane.stop();
    lane.wake();
    expect(await lane.finish()).toBe(true);
    expect(await lane.finish()).toBe(false);
    expect(tried).toEqual(['a', 'b']);
    expect(merging.done).toEqual([]);
  });
});

describe('what is to be tried again', () => {
  it('waits for a limited time, however often it failed', () => {
    const retries = new Retries(1000);
    for (let i = 0; i < 100; i++) retries.failed('it', new Error());
    expect(retries.soonestMs).toBeGreaterThan(0.9 * RETRY_LIMIT * 1000);
    expect(retries.soonestMs).toBeLessThanOrEqual(RETRY_LIMIT * 1000);
    retries.succeeded('it');
    expect(retries.soonestMs).toBeUndefined();
  });
});
