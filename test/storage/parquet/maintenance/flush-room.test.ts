import { expect, it, vi } from 'vitest';
import { Flusher } from '../../../../src/storage/parquet/maintenance/flusher.ts';
import type { RecentReadings } from '../../../../src/storage/parquet/memory/recent-readings.ts';
import type { FlushResult } from '../../../../src/storage/parquet/parts/jobs.ts';
import { closedSegment } from '../../../support/maintenance.ts';
import { partWork } from '../../../support/part-work.ts';

const SEGMENT_BYTES = 1_000_000;
const WRITTEN: FlushResult = { parts: [], duplicates: 0 };

const full = (): Error => new Error('ENOSPC: no space left on device, write');

/** A flusher with one segment, on a disk with `disk.free` bytes free; each flush fails at first. */
const onFullDisk = async (error = full()) => {
  const disk = { free: 1000 };
  const flush = vi.fn(async (): Promise<FlushResult> => Promise.reject(error));
  const work = await partWork({ flush });
  const { segments, files } = work;
  vi.spyOn(files, 'freeBytes').mockImplementation(async () => disk.free);
  const closed = closedSegment(10, 5);
  segments.enqueue({ ...closed, segment: { ...closed.segment, bytes: SEGMENT_BYTES } });
  const { flushing } = new Flusher(work);
  const step = async () => flushing.next(() => false)?.run();
  return { disk, flush, segments, step };
};

it('what found no room writes nothing until there is more', async () => {
  const { disk, flush, segments, step } = await onFullDisk();
  await expect(step()).rejects.toThrow('ENOSPC');
  // The log has grown meanwhile.
  disk.free = 900;
  await expect(step()).rejects.toMatchObject({ code: 'ENOSPC' });
  disk.free = 1000;
  await expect(step()).rejects.toThrow('1000 bytes are free, and 1000 were too few');
  expect(flush).toHaveBeenCalledTimes(1);

  disk.free = 1001;
  await expect(step()).rejects.toThrow('ENOSPC');
  expect(flush).toHaveBeenCalledTimes(2);
  disk.free = 1002;
  flush.mockResolvedValue(WRITTEN);
  await step();
  expect(segments.unflushed).toEqual([]);
});

it('is tried now and then all the same: a file system may be wrong about its room', async () => {
  const { flush, segments, step } = await onFullDisk();
  for (let tries = 0; tries < 8; tries++) await expect(step()).rejects.toThrow('ENOSPC');
  expect(flush).toHaveBeenCalledTimes(1);
  await expect(step()).rejects.toThrow('ENOSPC');
  expect(flush).toHaveBeenCalledTimes(2);
  await expect(step()).rejects.toThrow('were too few');
  for (let tries = 0; tries < 6; tries++) await expect(step()).rejects.toThrow('ENOSPC');
  flush.mockResolvedValue(WRITTEN);
  await step();
  expect(segments.unflushed).toEqual([]);
});

it('is tried each time when there seemed to be room for all of the segment', async () => {
  const { disk, flush, step } = await onFullDisk();
  disk.free = SEGMENT_BYTES;
  for (let tries = 0; tries < 3; tries++) await expect(step()).rejects.toThrow('ENOSPC');
  expect(flush).toHaveBeenCalledTimes(3);
});

it('is tried each time when it failed for another reason', async () => {
  const { flush, step } = await onFullDisk(new Error('EIO: i/o error, fdatasync'));
  for (let tries = 0; tries < 3; tries++) await expect(step()).rejects.toThrow('EIO');
  expect(flush).toHaveBeenCalledTimes(3);
});

it('is tried when some of its readings were erased', async () => {
  const { segments, flush, step } = await onFullDisk();
  await expect(step()).rejects.toThrow('ENOSPC');
  const [oldest] = segments.unflushed;
  vi.spyOn(oldest?.recent as RecentReadings, 'size', 'get').mockReturnValue(3);
  flush.mockResolvedValue(WRITTEN);
  await step();
  expect(segments.unflushed).toEqual([]);
});
