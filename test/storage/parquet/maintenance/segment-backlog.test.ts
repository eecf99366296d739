import { describe, expect, it } from 'vitest';
import type { Sequence } from '../../../../src/readings/reading.ts';
import { SegmentBacklog } from '../../../../src/storage/parquet/maintenance/segment-backlog.ts';
import { closedSegment } from '../../../support/maintenance.ts';

const ERASURE = { userId: 'ann', sequence: 20 as Sequence };

describe('the backlog of segments', () => {
  it('may begin anywhere until all of the log is replayed', () => {
    const backlog = new SegmentBacklog();
    backlog.enqueue(closedSegment(10, 5));
    expect(backlog.firstSequence).toBe(0);
    backlog.replayed();
    expect(backlog.firstSequence).toBe(10);
  });

  it('begins with the oldest on disk, however far each has come', () => {
    const backlog = new SegmentBacklog();
    backlog.replayed();
    expect(backlog.firstSequence).toBe(Number.POSITIVE_INFINITY);
    for (const segment of [closedSegment(10, 5), closedSegment(20, 0, [ERASURE])]) {
      backlog.enqueue(segment);
    }
    backlog.enqueue(closedSegment(30, 5));
    backlog.flushed();
    backlog.flushed();
    expect([backlog.firstSequence, backlog.size]).toEqual([10, 3]);
    for (const finished of backlog.removable(new Set())) backlog.removed(finished);
    expect([backlog.firstSequence, backlog.size]).toEqual([20, 2]);
  });

  it('keeps a segment with an erasure until what it waits for is gone', () => {
    const backlog = new SegmentBacklog();
    backlog.replayed();
    backlog.enqueue(closedSegment(10, 5));
    backlog.enqueue(closedSegment(20, 0, [ERASURE]));
    backlog.flushed();
    backlog.flushed();
    expect(backlog.erasing).toHaveLength(1);
    const file = { day: 1, path: '/data/part' } as never;
    backlog.erased([file]);
    expect(backlog.erasing).toEqual([]);
    const removable = (...garbage: never[]) =>
      backlog.removable(new Set(garbage)).map(({ segment }) => segment.firstSequence);
    // The older one has readings that the erasure voids.
    expect(removable()).toEqual([10]);
    for (const finished of backlog.removable(new Set())) backlog.removed(finished);
    expect(removable(file)).toEqual([]);
    expect(removable()).toEqual([20]);
  });

  it('takes no step that there is no segment for', () => {
    const backlog = new SegmentBacklog();
    expect(() => backlog.flushed()).toThrow('no segment is unflushed');
    expect(() => backlog.erased([])).toThrow('no segment has erasures');
    backlog.enqueue(closedSegment(10, 5));
    backlog.flushed();
    expect(() => backlog.erased([])).toThrow('no segment has erasures');
    expect(backlog.size).toBe(1);
  });
});
