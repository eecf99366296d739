import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isErasedBy } from '../../../src/readings/erasure.ts';
import type { EpochMicros, TimeRange } from '../../../src/readings/reading.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import { type StampedErasure, Voided } from '../../../src/storage/cassandra/voided.ts';

const DEVICES = ['a', 'b', 'c'];

const erasures = fc.array(
  fc.record(
    {
      seq: fc.integer({ min: 0, max: 20 }),
      deviceId: fc.constantFrom('a', 'b'),
      range: fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 10 })),
    },
    { requiredKeys: ['seq'] },
  ),
  { maxLength: 12 },
);

const erasureOf = (
  { seq, deviceId, range }: { seq: number; deviceId?: string; range?: [number, number] },
  at: number,
): StampedErasure => ({
  ...{ userId: 'u', seq: seq as Stamp, writer: String(at) },
  ...(deviceId === undefined ? {} : { deviceId }),
  ...(range === undefined
    ? {}
    : { range: { startMicros: range[0], endMicros: range[0] + range[1] } as unknown as TimeRange }),
});

describe('what is void', () => {
  it('is what any of the erasures covers, of its stamp or before', () => {
    fc.assert(
      fc.property(erasures, fc.boolean(), (drawn, isBackwards) => {
        const all = drawn.map(erasureOf);
        const voided = new Voided(all);
        const instants = Array.from({ length: 44 }, (_, micros) => micros - 1);
        // The same one is asked for rows in any order.
        if (isBackwards) instants.reverse();
        for (const timestampMicros of instants as EpochMicros[]) {
          for (const deviceId of DEVICES) {
            for (let seq = 0 as Stamp; seq <= 21; seq++) {
              const expected = all.some(
                (one) => seq <= one.seq && isErasedBy(one, { deviceId, timestampMicros }),
              );
              if (voided.has(deviceId, timestampMicros, seq) !== expected) {
                expect.fail(`${deviceId} ${timestampMicros} ${seq}: not ${expected}`);
              }
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is named after the erasures', () => {
    const nameOf = (...seqs: number[]) =>
      new Voided(seqs.map((seq, at) => erasureOf({ seq }, at))).name;
    expect(nameOf()).toBe('');
    expect(nameOf(1, 2)).toBe(nameOf(1, 2));
    expect(new Set([nameOf(), nameOf(1), nameOf(2), nameOf(1, 2)]).size).toBe(4);
  });

  it('takes as long to find with thousands of erasures as with a few', () => {
    const minute = 60_000_000;
    const many = Array.from({ length: 20_000 }, (_, at) =>
      erasureOf({ seq: 2, range: [at * 2 * minute, minute] }, at),
    );
    const rows = 500_000;
    const tookMs = (voided: Voided) => {
      const beganMs = performance.now();
      let found = 0;
      for (let row = 0; row < rows; row++) {
        // Not in the order of time.
        const micros = ((row * 7_919) % rows) * 5_000_000;
        if (voided.has('a', micros as EpochMicros, 1 as Stamp)) found++;
      }
      expect(found).toBeGreaterThan(0);
      return performance.now() - beganMs;
    };
    const [few, all] = [new Voided(many.slice(0, 4)), new Voided(many)];
    tookMs(few);
    const ofFew = Math.min(tookMs(few), tookMs(few));
    const ofAll = Math.min(tookMs(all), tookMs(all));
    // A rule that looks at each erasure takes thousands of times as long.
    expect(ofAll / ofFew).toBeLessThan(30);
  });
});
