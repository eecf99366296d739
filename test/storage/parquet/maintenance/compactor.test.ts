import { describe, expect, it, vi } from 'vitest';
import { Compactor } from '../../../../src/storage/parquet/maintenance/compactor.ts';
import type { CompactJob } from '../../../../src/storage/parquet/parts/jobs.ts';
import { closedSegment } from '../../../support/maintenance.ts';
import { DAY, partOf, partWork } from '../../../support/part-work.ts';

const compactorOf = async (count: number) => {
  const jobs: CompactJob[] = [];
  const compact = async (job: CompactJob) => {
    jobs.push(job);
    const { first, last } = job.range;
    return { ...partOf(first, last), rows: count, duplicates: 2 };
  };
  const parts = Array.from({ length: count }, (_, i) => partOf(10 * i, 10 * i + 9));
  const work = await partWork({ compact }, ...parts);
  return { ...work, present: parts, merges: jobs, compactor: new Compactor(work) };
};

const now = () => false;

describe('compacting', () => {
  it('merges a day of many small parts, and tells of it', async () => {
    const { compactor, parts, present, merges, observer } = await compactorOf(6);
    const told = vi.fn();
    observer.compacted = told;
    expect(compactor.debtBytes).toBe(3000);
    await compactor.smallMerges.next(now)?.run();
    expect(merges).toMatchObject([{ day: DAY, range: { first: 30, last: 59 } }]);
    expect(parts.ofDay(DAY)).toEqual([...present.slice(0, 3), partOf(30, 59)]);
    expect(compactor.debtBytes).toBe(0);
  });

  it('leaves a day alone that waits, and small parts to the small merges', async () => {
    const { compactor } = await compactorOf(6);
    expect(compactor.smallMerges.next((day) => day === DAY)).toBeUndefined();
    expect(compactor.largeMerges.next(now)).toBeUndefined();
    expect(compactor.smallMerges.next(now)?.subject).toBe(DAY);
  });

  it('chooses among those that come after a part that is being replaced', async () => {
    const { compactor, parts, present, merges } = await compactorOf(8);
    parts.take(present.slice(1, 2));
    await compactor.smallMerges.next(now)?.run();
    expect(merges).toMatchObject([{ range: { first: 50, last: 79 } }]);
  });

  it('takes nothing that a segment on disk may have to make anew', async () => {
    const { compactor, segments } = await compactorOf(6);
    segments.enqueue(closedSegment(0, 1));
    expect(compactor.smallMerges.next(now)).toBeUndefined();
  });

  it('waits for what a failed merge of the same parts has left', async () => {
    const { compactor, parts } = await compactorOf(6);
    parts.discard({ day: DAY, path: partOf(30, 59).path });
    expect(compactor.smallMerges.next(now)).toBeUndefined();
    for (const garbage of parts.removable) parts.forget(garbage);
    expect(compactor.smallMerges.next(now)?.subject).toBe(DAY);
  });
});
