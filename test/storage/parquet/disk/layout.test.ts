import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import {
  dayFolder,
  isTemporary,
  type PartIdentity,
  type PartName,
  parseDayFolder,
  parsePartName,
  parseSegmentName,
  partName,
  partStem,
  segmentName,
  supersedes,
  temporaryName,
} from '../../../../src/storage/parquet/disk/layout.ts';
import {
  PART_VERSION,
  type PartVersion,
  partVersionOf,
} from '../../../../src/storage/rows/part-file.ts';

const anySequence = fc.maxSafeNat().map((n) => n as Sequence);
const anyIdentity = fc
  .tuple(anySequence, anySequence, fc.nat(99))
  .map(([a, b, rewrites]): PartIdentity => {
    const [first, last] = a < b ? [a, b] : [b, a];
    return { range: { first, last }, rewrites };
  });
const anyPartName = fc
  .tuple(anyIdentity, fc.nat(0xffff_ffff), fc.constantFrom<PartVersion>(1, 2, 3))
  .map(([identity, crc, version]): PartName => {
    return { ...identity, checksum: crc.toString(16).padStart(8, '0'), version };
  });
/** Ranges so short that they meet. */
const nearIdentity = fc.tuple(fc.nat(4), fc.nat(3), fc.nat(2)).map(([first, more, rewrites]) => ({
  range: { first: first as Sequence, last: (first + more) as Sequence },
  rewrites,
}));

describe('names', () => {
  it('say what they are', () => {
    const range = { first: 1 as Sequence, last: 42 as Sequence };
    expect(segmentName(42 as Sequence)).toBe('0000000000000042.jsonl');
    const checksum = '0a1b2c3d';
    expect(partStem({ range, rewrites: 0 })).toBe('part-0000000000000001-0000000000000042');
    expect(partName({ range, rewrites: 0, checksum, version: 1 })).toBe(
      'part-0000000000000001-0000000000000042-0a1b2c3d.parquet',
    );
    expect(partName({ range, rewrites: 3, checksum, version: 3 })).toBe(
      'part-0000000000000001-0000000000000042-3-0a1b2c3d.v3.parquet',
    );
    expect(dayFolder('/d', 19_737 as EpochDay)).toMatch(/^.d.heart_rate.date=2024-01-15$/);
  });

  it('are read back as what they say, and sort as sequences do', () => {
    fc.assert(
      fc.property(anyPartName, anySequence, anySequence, (named, a, b) => {
        expect(parsePartName(partName(named))).toEqual(named);
        expect(partVersionOf(`/d/${partName(named)}`)).toBe(named.version);
        expect(parseSegmentName(segmentName(a))).toBe(a);
        expect(segmentName(a) < segmentName(b)).toBe(a < b);
        const temporary = temporaryName(partStem(named));
        expect(isTemporary(temporary)).toBe(true);
        expect(isTemporary(partName(named))).toBe(false);
        expect(parsePartName(temporary)).toBeUndefined();
        expect(partVersionOf(temporary)).toBe(PART_VERSION);
      }),
    );
  });

  test.each([
    '',
    '1.jsonl',
    '0000000000000042.json',
    'x0000000000000042.jsonl',
    '0000000000000042.jsonl.bak',
    '-000000000000042.jsonl',
  ])('%j is no segment', (name) => {
    expect(parseSegmentName(name)).toBeUndefined();
  });

  test.each([
    'part-1-42.parquet',
    'part-0000000000000001.parquet',
    'part-0000000000000001-0000000000000042.parquet',
    '.part-0000000000000001-0000000000000042-0a1b2c3d.parquet',
    'part-0000000000000001-0000000000000042-0a1b2c3d.parquet~',
    'part-0000000000000001-0000000000000042--0a1b2c3d.parquet',
    'part-0000000000000001-0000000000000042-0A1B2C3D.parquet',
    'part-0000000000000001-0000000000000042-0a1b2c3d.v1.parquet',
    'part-0000000000000001-0000000000000042-0a1b2c3d.v4.parquet',
    'other.parquet',
  ])('%j is no part', (name) => {
    expect(parsePartName(name)).toBeUndefined();
  });

  test.each([
    'date=2024-02-30',
    'date=2024-1-1',
    'day=2024-01-15',
    '2024-01-15',
    'date=2024-01-15x',
  ])('%j is no day', (name) => {
    expect(parseDayFolder(name)).toBeUndefined();
  });
});

describe('one part supersedes another', () => {
  const part = (first: number, last: number, rewrites = 0): PartIdentity => ({
    range: { first: first as Sequence, last: last as Sequence },
    rewrites,
  });

  it.each([
    ['with a larger range', part(1, 9), part(3, 9), true],
    ['with a smaller range', part(3, 9), part(1, 9), false],
    ['rewritten', part(3, 9, 1), part(3, 9), true],
    ['rewritten more often', part(3, 9, 10), part(3, 9, 9), true],
    ['rewritten less often', part(3, 9), part(3, 9, 1), false],
    ['that is merged after a rewrite', part(1, 9), part(3, 9, 5), true],
    ['that is the same', part(3, 9), part(3, 9), false],
    ['that overlaps', part(1, 5), part(3, 9), false],
    ['beside it', part(1, 2), part(3, 9), false],
  ])('%s', (_, one, other, answer) => {
    expect(supersedes(one, other)).toBe(answer);
  });

  it('and never each the other, so that none can vanish with its successor', () => {
    fc.assert(
      fc.property(nearIdentity, nearIdentity, nearIdentity, (a, b, c) => {
        expect(supersedes(a, b) && supersedes(b, a)).toBe(false);
        if (supersedes(a, b) && supersedes(b, c)) expect(supersedes(a, c)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
