import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Erasure } from '../../../../src/readings/erasure.ts';
import type { Reading, Sequence, TimeRange } from '../../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../../src/readings/reading-batch.ts';
import { checkedLine } from '../../../../src/storage/parquet/disk/checked-line.ts';
import {
  decodeRecord,
  encodeBody,
  type LogEntry,
  sequencesOf,
} from '../../../../src/storage/parquet/log/log-record.ts';
import { encodeRecord } from '../../../support/encode-record.ts';
import { reading } from '../../../support/store.ts';

const encode = (sequence: number, entry: LogEntry): string =>
  encodeRecord(sequence as Sequence, entry);

/** What a reader of the log gets: the line as bytes, without its end. */
const lineOf = (text: string): Buffer => Buffer.from(text.slice(0, -1));

const readings = (...batch: readonly Reading[]): LogEntry => ({
  kind: 'readings',
  batch: ReadingBatch.of(...batch),
});

const decoded = (sequence: number, entry: LogEntry) =>
  entry.kind === 'erasure'
    ? { kind: 'erasure', sequence, erasure: entry.erasure }
    : { kind: 'readings', sequence, size: entry.batch.size, runs: entry.batch.runs };

const range = { startMicros: 0, endMicros: 60_000_000 } as TimeRange;
const MICROS = 1_705_312_800_000_000;
const EXAMPLE = readings(
  reading('user_123', 'device_a', MICROS, 72),
  reading('user_123', 'device_b', MICROS + 1, 72.5),
);

describe('a record', () => {
  it('is one line that a person can read', () => {
    expect(encode(42, EXAMPLE)).toMatch(
      /^\{"crc":"[0-9a-f]{8}","v":1,"seq":42,"runs":\[\["user_123","device_a",\[1705312800000000\],\[72\]\],\["user_123","device_b",\[1705312800000001\],\[72\.5\]\]\]\}\n$/,
    );
    expect(encode(7, { kind: 'erasure', erasure: { userId: 'ann' } })).toMatch(
      /^\{"crc":"[0-9a-f]{8}","v":1,"seq":7,"erase":"ann"\}\n$/,
    );
    expect(
      encode(7, { kind: 'erasure', erasure: { userId: 'ann', deviceId: 'a', range } }),
    ).toMatch(
      /^\{"crc":"[0-9a-f]{8}","v":2,"seq":7,"erase":"ann","device":"a","start":0,"end":60000000\}\n$/,
    );
  });

  it('is JSON', () => {
    const { seq, runs } = JSON.parse(encode(42, EXAMPLE));
    expect({ seq, runs }).toEqual({
      seq: 42,
      runs: [
        ['user_123', 'device_a', [MICROS], [72]],
        ['user_123', 'device_b', [MICROS + 1], [72.5]],
      ],
    });
  });

  it('of an erasure has another version as soon as it covers less than all of a user', () => {
    const versionOf = (erasure: Erasure) => JSON.parse(encode(7, { kind: 'erasure', erasure })).v;
    expect(versionOf({ userId: 'ann' })).toBe(1);
    expect(versionOf({ userId: 'ann', deviceId: 'a' })).toBe(2);
    expect(versionOf({ userId: 'ann', range })).toBe(2);
  });

  it('of a version that is not known is none', () => {
    const shapes = [
      `"v":0,"seq":7,"erase":"ann"}`,
      `"v":3,"seq":7,"erase":"ann"}`,
      `"v":2,"seq":7,"runs":[]}`,
    ];
    for (const body of shapes) {
      expect(decodeRecord(lineOf(checkedLine(body)))).toMatch(/^format version \d is not known$/);
    }
  });

  const anyId = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('\n', '"', '\\', '\r\n', '\u2028', '{"crc":"', '__proto__', '\u0000', '😀'),
  );
  const anyReading = fc
    .tuple(
      anyId,
      anyId,
      fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) * 1000 - 1 }),
      fc.double({ min: 30, max: 220, noNaN: true }),
    )
    .map(([user, device, micros, rate]) => reading(user, device, micros, rate));
  const anyErasure = fc.record(
    { userId: anyId, deviceId: anyId, range: fc.constant(range) },
    { requiredKeys: ['userId'] },
  ) as fc.Arbitrary<Erasure>;
  const anyEntry = fc.oneof(
    fc.array(anyReading, { maxLength: 20 }).map((all) => readings(...all)),
    anyErasure.map((erasure): LogEntry => ({ kind: 'erasure', erasure })),
  );

  it('comes back as it was, whatever the ids, instants and decimals', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), anyEntry, (sequence, entry) => {
        const text = encode(sequence, entry);
        expect(text.indexOf('\n')).toBe(text.length - 1);
        expect(decodeRecord(lineOf(text))).toEqual(decoded(sequence, entry));
      }),
      { numRuns: 500 },
    );
  });

  it('of readings is what JSON writes, whichever way it is put together', () => {
    const written = ({ batch }: LogEntry & { kind: 'readings' }): string =>
      JSON.stringify({
        v: 1,
        seq: 7,
        runs: batch.runs.map((run) => [
          run.userId,
          run.deviceId,
          run.timestampsMicros,
          run.heartRates,
        ]),
      });
    const entries = fc.array(anyReading, { maxLength: 3 }).map((all) => readings(...all));
    fc.assert(
      fc.property(entries, (entry) => {
        if (entry.kind !== 'readings') throw new Error('no readings');
        expect(`{${encodeBody(7 as Sequence, entry)}`).toBe(written(entry));
      }),
      { numRuns: 500 },
    );
  });

  it('takes a sequence for each reading, and never none', () => {
    expect(sequencesOf(EXAMPLE)).toBe(2);
    expect(sequencesOf({ kind: 'erasure', erasure: { userId: 'ann' } })).toBe(1);
    expect(sequencesOf(readings())).toBe(1);
  });
});

describe('damage', () => {
  const entries: [string, LogEntry][] = [
    ['readings', EXAMPLE],
    ['an erasure', { kind: 'erasure', erasure: { userId: 'änn' } }],
    ['an erasure of less', { kind: 'erasure', erasure: { userId: 'änn', deviceId: 'ä', range } }],
  ];

  test.each(entries)('of any one byte of %s is seen, or changes nothing', (_, entry) => {
    const line = lineOf(encode(42, entry));
    const intact = decodeRecord(line);
    const unseen: number[] = [];
    for (let at = 0; at < line.length; at++) {
      for (let flip = 1; flip < 256; flip++) {
        const damaged = Buffer.from(line);
        damaged[at] = (line[at] as number) ^ flip;
        const record = decodeRecord(damaged);
        if (typeof record === 'string') continue;
        unseen.push(at);
        if (flip === 1) expect(record).toEqual(intact);
      }
    }
    // Only the quote and the comma between checksum and content say nothing.
    expect([...new Set(unseen)]).toEqual([16, 17]);
  });

  test.each(entries)('by cutting %s anywhere, or adding to it, is seen', (_, entry) => {
    const line = lineOf(encode(42, entry));
    for (let length = 0; length < line.length; length++) {
      expect(decodeRecord(line.subarray(0, length))).toBeTypeOf('string');
      expect(decodeRecord(line.subarray(line.length - length))).toBeTypeOf('string');
    }
    expect(decodeRecord(Buffer.concat([line, Buffer.from(' ')]))).toBeTypeOf('string');
    expect(decodeRecord(Buffer.concat([line, line]))).toBeTypeOf('string');
  });

  it('says what is wrong', () => {
    const line = lineOf(encode(42, EXAMPLE));
    const damaged = Buffer.from(line);
    damaged[30] = 0;
    expect(decodeRecord(damaged)).toMatch(/^checksum is [0-9a-f]{8}, content gives [0-9a-f]{8}$/);
    expect(decodeRecord(Buffer.from('{"a":1}'))).toBe('no checksum at its beginning');
    expect(decodeRecord(Buffer.alloc(0))).toBe('no checksum at its beginning');
    expect(decodeRecord(Buffer.alloc(4096))).toBe('no checksum at its beginning');
  });
});
