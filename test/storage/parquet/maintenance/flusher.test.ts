import { describe, expect, it, vi } from 'vitest';
import { Flusher } from '../../../../src/storage/parquet/maintenance/flusher.ts';
import type { FlushJob } from '../../../../src/storage/parquet/parts/jobs.ts';
import { closedSegment } from '../../../support/maintenance.ts';
import { DAY, partOf, partWork } from '../../../support/part-work.ts';

/** A flusher with one segment, of the sequences 10 to 14, and a part that covers it already. */
const flusherOf = async (damage?: string) => {
  const part = partOf(10, 14);
  const jobs: FlushJob[] = [];
  const flush = async (job: FlushJob) => {
    jobs.push(job);
    return { parts: [], duplicates: 0 };
  };
  const work = await partWork({ flush, check: async () => ({ damage }) }, part, partOf(1, 9));
  work.segments.enqueue(closedSegment(10, 5));
  const step = () => new Flusher(work).flushing.next(() => false)?.run();
  return { ...work, part, flushed: jobs, step };
};

describe('a flush of a segment that was flushed before', () => {
  it('passes over the days that have it in an intact part', async () => {
    const { flushed, segments, step } = await flusherOf();
    await step();
    expect(flushed).toMatchObject([{ doneDays: [DAY] }]);
    expect(segments.unflushed).toEqual([]);
  });

  it('writes a day anew of which the part was damaged and is set aside', async () => {
    const { flushed, inspection, quarantine, parts, part, step } = await flusherOf('torn');
    vi.spyOn(quarantine, 'setAsideFile').mockResolvedValue();
    await inspection.setAsideDamaged(DAY);
    expect(parts.isInForce(part)).toBe(false);
    await step();
    expect(flushed).toMatchObject([{ doneDays: [] }]);
  });

  it('writes a day anew of which the part is found damaged just now', async () => {
    const { flushed, inspection, step } = await flusherOf();
    vi.spyOn(inspection, 'intact').mockResolvedValue([]);
    await step();
    expect(flushed).toMatchObject([{ doneDays: [] }]);
  });

  it('waits for a damaged part that is in its place still', async () => {
    const { flushed, inspection, quarantine, segments, step } = await flusherOf('torn');
    vi.spyOn(quarantine, 'setAsideFile').mockRejectedValue(new Error('no room'));
    await inspection.setAsideDamaged(DAY);
    await expect(step()).rejects.toThrow(/a damaged part of 2024-01-15 is in the way/);
    expect(flushed).toEqual([]);
    expect(segments.unflushed).toHaveLength(1);
    await inspection.close();
  });
});
