import { describe, expect, it, vi } from 'vitest';
import { Upgrader } from '../../../../src/storage/parquet/maintenance/upgrader.ts';
import type { EraseJob } from '../../../../src/storage/parquet/parts/jobs.ts';
import { DAY, partOf, partWork } from '../../../support/part-work.ts';

const OLD = partOf(1, 9, 0, 2);

describe('upgrading parts', () => {
  it('rewrites those of an earlier version, and is done when there are none', async () => {
    const erase = async ({ identity }: EraseJob) =>
      ({ outcome: 'rewritten', ...partOf(1, 9, identity.rewrites), rows: 1 }) as const;
    const work = await partWork({ erase }, OLD, partOf(10, 19));
    const upgrader = new Upgrader(work);
    await upgrader.next(() => false)?.run();
    expect(work.parts.ofDay(DAY)).toEqual([partOf(1, 9, 1), partOf(10, 19)]);
    expect(upgrader.next(() => false)).toBeUndefined();
  });

  it('takes one of which nothing is left out of force', async () => {
    const work = await partWork({ erase: async () => ({ outcome: 'emptied' }) }, OLD);
    await new Upgrader(work).next(() => false)?.run();
    expect(work.parts.ofDay(DAY)).toEqual([]);
    expect(work.parts.removable).toEqual([OLD]);
  });

  it('leaves alone what waits, is taken, or has garbage of its new name', async () => {
    const erase = vi.fn();
    const work = await partWork({ erase }, OLD);
    const upgrader = new Upgrader(work);
    expect(upgrader.next((subject) => subject === OLD)).toBeUndefined();
    work.parts.take([OLD]);
    expect(upgrader.next(() => false)).toBeUndefined();
    work.parts.giveBack([OLD]);
    work.parts.discard({ day: DAY, path: partOf(1, 9, 1).path });
    expect(upgrader.next(() => false)).toBeUndefined();
    for (const garbage of work.parts.removable) work.parts.forget(garbage);
    expect(upgrader.next(() => false)?.subject).toBe(OLD);
  });
});
