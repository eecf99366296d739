import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inParallel } from '../../src/storage/in-parallel.ts';

describe('in parallel', () => {
  it('does so many at a time, and keeps the order of the results', async () => {
    let [underWay, most] = [0, 0];
    const results = await inParallel(2, [30, 1, 1, 20, 1], async (ms) => {
      most = Math.max(most, ++underWay);
      await setTimeout(ms);
      underWay--;
      return ms * 2;
    });
    expect(results).toEqual([60, 2, 2, 40, 2]);
    expect(most).toBe(2);
  });

  it('begins nothing after a failure, and rejects when what is under way has settled', async () => {
    const begun: number[] = [];
    let settled = 0;
    const work = inParallel(2, [0, 1, 2, 3], async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('no');
      await setTimeout(20);
      settled++;
    });
    await expect(work).rejects.toThrow('no');
    expect([begun, settled]).toEqual([[0, 1], 1]);
  });
});
