import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading, Sequence } from '../../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../../src/readings/reading-batch.ts';
import { checkedLine } from '../../../../src/storage/parquet/disk/checked-line.ts';
import { decodeRecord } from '../../../../src/storage/parquet/log/log-record.ts';
import { RecordScanner } from '../../../../src/storage/parquet/log/record-scanner.ts';
import { encodeRecord } from '../../../support/encode-record.ts';
import { reading } from '../../../support/store.ts';

const MICROS = 1_705_312_800_000_000;
const BODY_AT = '{"crc":"00000000",'.length;

/** A line with its end, as it stands in a segment. */
const lineOf = (sequence: number, ...readings: readonly Reading[]): string =>
  encodeRecord(sequence as Sequence, { kind: 'readings', batch: ReadingBatch.of(...readings) });

const EXAMPLE = lineOf(
  42,
  reading('user_123', 'device_a', MICROS, 72),
  reading('user_123', 'device_a', MICROS + 1, 72.5),
  reading('user_124', 'device_b', MICROS, 100 / 3),
);

/** What the scanner makes of a line that stands between others. */
const scan = (line: string | Buffer) => {
  const [before, text] = [Buffer.from('},\n'), Buffer.from(line)];
  const content = Buffer.concat([before, text, before]);
  return new RecordScanner(content).recordIn(before.length, before.length + text.length - 1);
};

/** The other way to read a line, which decides; what it throws at is no record either. */
const decode = (line: string) => {
  try {
    return decodeRecord(Buffer.from(line.slice(0, -1)));
  } catch (error) {
    return String(error);
  }
};

/** Whether the scanner knew the line, in which case it must have read what there is. */
const agrees = (line: string): boolean => {
  const scanned = scan(line);
  if (scanned !== undefined) expect(scanned).toStrictEqual(decode(line));
  return scanned !== undefined;
};

const plainId = fc.string({
  unit: fc.constantFrom(...'abcXYZ019 _-.:/[]{},@~'),
  minLength: 1,
  maxLength: 8,
});
const anyId = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('\n', '"', '\\', '\u2028', '\u007f', '{"crc":"', '__proto__', 'é', '😀'),
);
const readingsWith = (id: fc.Arbitrary<string>) =>
  fc.array(
    fc
      .tuple(
        id,
        id,
        fc.integer({ min: 1, max: Date.UTC(2200, 0, 1) * 1000 - 1 }),
        fc.oneof(
          fc.integer({ min: 30, max: 220 }),
          fc.integer({ min: 300, max: 2200 }).map((tenths) => tenths / 10),
          fc.double({ min: 30, max: 220, noNaN: true }),
        ),
      )
      .map(([user, device, micros, rate]) => reading(user, device, micros, rate)),
    { minLength: 1, maxLength: 20 },
  );
const anySequence = fc.oneof(fc.integer({ min: 1, max: 2 ** 31 }), fc.maxSafeNat());

describe('a record that is spelled plainly', () => {
  it('is what it is when it is parsed', () => {
    fc.assert(
      fc.property(anySequence, readingsWith(plainId), (sequence, readings) => {
        expect(agrees(lineOf(sequence + 1, ...readings))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('has each id as one and the same text, whatever shares its place', () => {
    const content = Buffer.from(EXAMPLE + EXAMPLE);
    const scanner = new RecordScanner(content);
    const first = scanner.recordIn(0, EXAMPLE.length - 1);
    expect(scanner.recordIn(EXAMPLE.length, 2 * EXAMPLE.length - 1)).toStrictEqual(first);
    // These two have the same hash.
    for (const id of ['Aa', 'BB', 'Aa']) {
      expect(agrees(lineOf(1, reading(id, id, MICROS, 70), reading('BB', 'x', MICROS, 70)))).toBe(
        true,
      );
    }
  });
});

describe('any other', () => {
  it('is left alone, or what it is when it is parsed', () => {
    fc.assert(
      fc.property(anySequence, readingsWith(anyId), (sequence, readings) => {
        agrees(lineOf(sequence, ...readings));
      }),
    );
    for (const body of ['"v":1,"seq":7,"erase":"ann"}', '"v":1,"seq":7,"runs":[]}', '"v":2}']) {
      expect(agrees(checkedLine(body))).toBe(false);
    }
  });

  it('is so also when it is spelled as the log never does', () => {
    const body = EXAMPLE.slice(BODY_AT, -1);
    const edit = fc.tuple(
      fc.nat(body.length),
      fc.nat(3),
      fc.string({ unit: fc.constantFrom(...'[]{},.:"0159-+eE \\a'), maxLength: 3 }),
    );
    let known = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 2 }), (edits) => {
        let changed = body;
        for (const [at, length, text] of edits) {
          changed = changed.slice(0, at) + text + changed.slice(at + length);
        }
        if (agrees(checkedLine(changed))) known++;
      }),
      { numRuns: 5_000 },
    );
    expect(known).toBeGreaterThan(100);
  });

  it('is not taken for whole when it is damaged', () => {
    const intact = Buffer.from(EXAMPLE);
    for (let at = 0; at < intact.length - 1; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(intact);
        damaged[at] = (intact[at] as number) ^ (1 << bit);
        expect(scan(damaged)).toBeUndefined();
      }
    }
    for (let length = 1; length < intact.length; length++) {
      expect(scan(intact.subarray(0, length))).toBeUndefined();
    }
  });
});
