import { describe, expect, it } from 'vitest';
import type { AcceptedErasure } from '../../../src/readings/erasure.ts';
import type { EpochDay, Sequence } from '../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../src/readings/reading-batch.ts';
import { dayOf, dayStart } from '../../../src/readings/timestamp.ts';
import { RecentReadings } from '../../../src/storage/parquet/memory/recent-readings.ts';
import type { Part } from '../../../src/storage/parquet/parts/part-catalog.ts';
import {
  type PartLookup,
  type StoreContent,
  userSnapshot,
} from '../../../src/storage/parquet/user-snapshot.ts';
import type { DayScan } from '../../../src/storage/reading-store.ts';
import { reading, scanRequest } from '../../support/store.ts';

const TEN = reading('', '', '2024-01-15T10:00:00Z', 0).timestampMicros;
const DAY = dayOf(TEN);

const segmentOf = (first: number, userId: string, ...at: readonly number[]): RecentReadings => {
  const segment = new RecentReadings(first as Sequence);
  const { runs } = ReadingBatch.of(...at.map((micros) => reading(userId, 'a', micros, 70)));
  segment.add(first as Sequence, at.length, runs);
  return segment;
};

const partOf = (first: number, last: number, day: EpochDay = DAY): Part => ({
  path: `${first} to ${last}`,
  day,
  bytes: 1,
  range: { first: first as Sequence, last: last as Sequence },
  rewrites: 0,
});

const contentOf = (
  parts: readonly Part[],
  more: Partial<Pick<StoreContent, 'unflushed' | 'erasures'>> = {},
): StoreContent => ({
  parts: new Map(parts.map(({ day }) => [day, parts.filter((part) => part.day === day)])),
  unflushed: [],
  lastSequence: 100 as Sequence,
  removals: 0,
  erasures: [],
  ...more,
});

const all: PartLookup = { mayHold: async () => true, intact: async (parts) => parts };

const scansOf = async (content: StoreContent, lookup = all): Promise<DayScan[]> => {
  const scans: DayScan[] = [];
  for await (const scan of userSnapshot(scanRequest('ann'), content, lookup)) scans.push(scan);
  return scans;
};

const partsRead = async (content: StoreContent, lookup = all) =>
  (await scansOf(content, lookup)).flatMap((scan) => scan.source().parts);

describe('days', () => {
  it('ascend, and the last that has anything says that it is the last', async () => {
    const at = (days: number) => (DAY + days) as EpochDay;
    const content = contentOf([partOf(1, 1, at(3)), partOf(1, 1, at(1)), partOf(2, 2, at(9))], {
      unflushed: [segmentOf(5, 'ann', dayStart(at(2)), dayStart(at(1)))],
    });
    const lookup = { ...all, mayHold: async ({ day }: Part) => day !== at(9) };
    const scans = await scansOf(content, lookup);
    expect(scans.map(({ day, isLast }) => [day - DAY, isLast])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const rows = scans.map((scan) => scan.source().inMemory.map(({ timestamps }) => timestamps));
    expect(rows).toEqual([
      [Float64Array.of(dayStart(at(1)))],
      [Float64Array.of(dayStart(at(2)))],
      [],
    ]);
  });

  it('are looked up a few at a time, and not at all once nobody asks any more', async () => {
    const parts = Array.from({ length: 100 }, (_, i) => partOf(1, 1, (DAY + i) as EpochDay));
    let [looked, under, most] = [0, 0, 0];
    const intact = async (found: readonly Part[]) => {
      looked++;
      most = Math.max(most, ++under);
      await new Promise((resolve) => setImmediate(resolve));
      under--;
      return found;
    };
    const days = userSnapshot(scanRequest('ann'), contentOf(parts), { ...all, intact });
    await days.next();
    await days.return(undefined);
    expect([most, under]).toEqual([8, 0]);
    expect(looked).toBeLessThan(20);
  });

  it('fail in their turn when they cannot be looked up', async () => {
    const parts = [0, 1, 2, 3].map((i) => partOf(1, 1, (DAY + i) as EpochDay));
    const intact = async (found: readonly Part[]) => {
      if (found[0]?.day === DAY + 2) throw new Error('not now');
      return found;
    };
    const days = userSnapshot(scanRequest('ann'), contentOf(parts), { ...all, intact });
    expect((await days.next()).value).toMatchObject({ day: DAY });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(days.next()).rejects.toThrow('not now');
  });
});

describe('a part', () => {
  it('that cannot hold the user is neither read through nor given', async () => {
    const seen: string[] = [];
    const lookup: PartLookup = {
      mayHold: async ({ path }, userId) => userId === 'ann' && path !== '1 to 2',
      intact: async (parts) => {
        seen.push(...parts.map(({ path }) => path));
        return parts;
      },
    };
    const read = await partsRead(contentOf([partOf(1, 2), partOf(3, 4)]), lookup);
    expect(read.map(({ path }) => path)).toEqual(['3 to 4']);
    expect(seen).toEqual(['3 to 4']);
  });

  it('tells another thread no more than it needs to know', async () => {
    const [part] = await partsRead(contentOf([partOf(1, 2)]));
    expect(part).toEqual({ path: '1 to 2', bytes: 1, day: DAY });
  });
});

describe('an erasure in force', () => {
  const erasure = (more: Partial<AcceptedErasure> = {}): AcceptedErasure => {
    return { userId: 'ann', sequence: 4 as Sequence, ...more };
  };
  const PARTS = [partOf(1, 2), partOf(3, 4), partOf(3, 5), partOf(5, 6)];
  const rangeOf = (from: number, to: number) => ({
    startMicros: (dayStart(DAY) + from) as typeof TEN,
    endMicros: (dayStart(DAY) + to) as typeof TEN,
  });
  const WHOLE_DAY = 86_400_000_000;

  it('of all of a user hides the parts of before', async () => {
    const read = await partsRead(contentOf(PARTS, { erasures: [erasure()] }));
    expect(read.map(({ path, without }) => [path, without])).toEqual([
      ['3 to 5', undefined],
      ['5 to 6', undefined],
    ]);
  });

  it.each([
    ['a device', { deviceId: 'a' }],
    ['a range', { range: rangeOf(5, 9) }],
    ['a device in all of the day', { deviceId: 'a', range: rangeOf(0, WHOLE_DAY) }],
  ])('of %s is told with the parts of before', async (_, less) => {
    const read = await partsRead(contentOf(PARTS, { erasures: [erasure(less)] }));
    const without = [erasure(less)];
    expect(read.map((part) => [part.path, part.without])).toEqual([
      ['1 to 2', without],
      ['3 to 4', without],
      ['3 to 5', undefined],
      ['5 to 6', undefined],
    ]);
  });

  it('of a range that all of the day lies in hides its parts, and of another day none', async () => {
    const whole = erasure({ range: rangeOf(0, WHOLE_DAY) });
    expect(await partsRead(contentOf(PARTS, { erasures: [whole] }))).toHaveLength(2);
    const next = erasure({ range: rangeOf(WHOLE_DAY, 2 * WHOLE_DAY) });
    const read = await partsRead(contentOf(PARTS, { erasures: [next] }));
    expect(read.map(({ without }) => without)).toEqual(PARTS.map(() => undefined));
  });

  it('is carried with others of the same user', async () => {
    const erasures = [
      erasure({ deviceId: 'a' }),
      erasure({ deviceId: 'b', sequence: 6 as Sequence }),
    ];
    const read = await partsRead(contentOf(PARTS, { erasures }));
    expect(read.map(({ without }) => without?.length)).toEqual([2, 2, 1, 1]);
  });
});
