import { z } from '@hono/zod-openapi';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { zHeartRateBatch, zHeartRateReading } from '../../../generated/zod/zod.gen.ts';
import { parseNdjson } from '../../../src/http/body/ndjson.ts';
import {
  createReadingScanner,
  scanBatch,
  scanLines,
  scanReading,
} from '../../../src/http/body/reading-scanner.ts';
import { timestamp as timestampSchema } from '../../../src/http/schema/timestamp-schema.ts';
import { ReadingBatch } from '../../../src/readings/reading-batch.ts';

type Scan = (body: Uint8Array) => ReadingBatch | undefined;

/** The ordinary road: strict UTF-8, JSON, schema. Undefined when the body is refused. */
const ordinary = (scan: Scan, body: Uint8Array): ReadingBatch | undefined => {
  const batch = new ReadingBatch();
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    for (const { user_id, device_id, timestamp, heart_rate } of readingsIn(scan, text)) {
      batch.add(user_id, device_id, timestamp, heart_rate);
    }
  } catch {
    return undefined;
  }
  return batch;
};

const readingsIn = (scan: Scan, text: string) => {
  if (scan === scanReading) return [zHeartRateReading.parse(JSON.parse(text))];
  const body = scan === scanBatch ? JSON.parse(text) : parseNdjson(text);
  return zHeartRateBatch.parse(body).readings;
};

/** A batch as plain data, in which -0 is not 0. */
const contentOf = (batch: ReadingBatch | undefined) =>
  batch && { size: batch.size, runs: batch.runs };

const SCANS: readonly [string, Scan][] = [
  ['one reading', scanReading],
  ['a batch', scanBatch],
  ['lines', scanLines],
];

const two = (n: number): string => String(n).padStart(2, '0');

const id = fc.oneof(
  fc.constantFrom('user_123', 'device_a', 'device_b', '~', ' ', 'x'.repeat(128), '__proto__'),
  // Of one length, and with much in common: what a cache of ids might confuse.
  fc.integer({ min: 0, max: 40_000 }).map((n) => `user_${String(n).padStart(5, '0')}`),
  fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 128 })
    .map((text) => text.replace(/["\\]/g, '_')),
);
const timestamp = fc
  .tuple(
    fc.date({ min: new Date('1970-01-02'), max: new Date('2199-12-30'), noInvalidDate: true }),
    fc.constantFrom('T', 'T', 'T', 't', ' '),
    fc.constantFrom(
      '',
      // Without seconds
      undefined,
      '.5',
      '.123',
      '.000001',
      '.123456789',
      ',25',
      '.999999',
      `.${'1'.repeat(99)}`,
    ),
    fc.oneof(
      fc.constantFrom('Z', 'z', '', '+02:00', '-0330', '+05', '-05', ' +0200', ' -03:30', ' +05'),
      fc
        .tuple(fc.constantFrom('+', '-'), fc.nat(23), fc.nat(59))
        .map(([sign, hours, minutes]) => `${sign}${two(hours)}:${two(minutes)}`),
    ),
  )
  .map(([date, separator, fraction, zone]) => {
    const text = date.toISOString();
    const time = fraction === undefined ? text.slice(11, 16) : `${text.slice(11, 19)}${fraction}`;
    return `${text.slice(0, 10)}${separator}${time}${zone}`;
  });
const heartRate = fc.oneof(
  fc.integer({ min: 30, max: 220 }).map(String),
  fc.double({ min: 30, max: 220, noNaN: true }).map(String),
  fc
    .tuple(fc.integer({ min: 30, max: 219 }), fc.stringMatching(/^\d{1,25}$/))
    .map(([whole, decimals]) => `${whole}.${decimals}`),
  fc.constantFrom('30', '30.0', '220', '220.000', '72.50', '219.99999999999999999999'),
);

const KEYS = ['device_id', 'user_id', 'timestamp', 'heart_rate'] as const;
const order = fc.shuffledSubarray([...KEYS], { minLength: 4 });
const plainFields = fc.record({
  device_id: id.map((text) => `"${text}"`),
  user_id: id.map((text) => `"${text}"`),
  timestamp: timestamp.map((text) => `"${text}"`),
  heart_rate: heartRate,
});
const words = (text: string): string[] => text.trim().split(/\s+/);

/** Values that the scanner need not take, for any field: some valid, most not, some not JSON. */
const ODD_VALUES = [
  ...words(String.raw`"a\u0062" "\"" "\\" "\ud800" "é" "💓" "" "72" " "a null true [] {}`),
  ...words('72e0 7.2e1 1e2 -0 -72 +72 072 72. .5 0 00 29.99 NaN 0x48 72.5.5'),
  ...words('220.00000000000000000001 220.0000001 29.999999999999999 9007199254740993'),
  ...words('"2024-02-30T10:00:00Z" "2023-02-29T10:00:00Z" "2024-13-01T10:00:00Z" "2024-01-15"'),
  ...words('"2024-01-15T24:00:00Z" "2024-01-15T10:00:60Z" "2024-01-15T10:00:00+24:00"'),
  ...words('"2024-01-15T10Z" "2024-01-15T10:00:Z" "2024-01-15T10:00.5Z" "2024-01-15T10:00:00+5"'),
  ...words('"1969-12-31T23:59:59Z" "1970-01-01T00:59:59+01:00" "2200-01-01T00:00:00Z"'),
  ...words('"2199-12-31T23:59:59-01:00" "2024-01-15T10:00:00.Z" "2024-01-15T10:00:0０Z"'),
  ...words(String.raw`"2024-01-15T10:00:00\u005a"`),
  ...['', '72 5', '"\t"', '"\u0000"', '"\u007f"', '"2024-01-15T10:00:00Z "'],
  ...[`"${'x'.repeat(129)}"`, '1'.repeat(400), `72.${'1'.repeat(400)}`],
];
/** Fields, and now and then an odd one. */
const anyFields = fc
  .tuple(
    plainFields,
    fc.oneof(
      { weight: 9, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom(...KEYS), fc.constantFrom(...ODD_VALUES))
          .map(([key, value]) => ({ [key]: value })),
      },
    ),
  )
  .map(([fields, odd]) => ({ ...fields, ...odd }));
/** What comes after the fields: nothing, mostly. */
const more = fc.oneof(
  { weight: 19, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...words(',"x":1 ,"__proto__":{"user_id":"x"} ,"user_id":"twice" ,"heart_rate":31'),
      ...words(String.raw`,"constructor":null ,"user_\u0069d":"x" ,"User_id":"x" ,"":{} , } ]`),
    ),
  },
);

/** Takes blanks from a list in turn, one wherever JSON may have any. */
const readingText = (
  fields: Readonly<Record<(typeof KEYS)[number], string>>,
  keys: readonly (typeof KEYS)[number][],
  blanks: readonly string[],
  more = '',
): string => {
  let used = 0;
  const blank = () => blanks[used++ % blanks.length] ?? '';
  const members = keys.map(
    (key) => `${blank()}"${key}"${blank()}:${blank()}${fields[key]}${blank()}`,
  );
  return `{${members.join(',')}${more}}`;
};

const blanksOf = (...characters: string[]) =>
  fc.oneof(
    fc.constant(['']),
    fc.array(fc.string({ unit: fc.constantFrom(...characters), maxLength: 2 }), {
      minLength: 1,
      maxLength: 7,
    }),
  );

type Fields = typeof plainFields;
const bodyOf = (scan: Scan, fields: Fields, more: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const isLines = scan === scanLines;
  const blanks = isLines ? blanksOf(' ', '\t', '\r') : blanksOf(' ', '\t', '\r', '\n');
  const one = fc.tuple(fields, order, blanks, more).map((parts) => readingText(...parts));
  const end = fc.constantFrom('', '', ' ', '\n', '\r\n', '\n\n \t\n');
  if (scan === scanReading) return fc.tuple(one, end).map((parts) => parts.join(''));
  const several = fc.array(one, { minLength: 1, maxLength: 6 });
  if (isLines) {
    const lineEnd = fc.constantFrom('\n', '\r\n', ' \t\n');
    return fc.tuple(several, lineEnd, end).map(([all, mark, last]) => all.join(mark) + last);
  }
  return fc.tuple(several, blanks, end).map(([all, [blank = ''], last]) => {
    const list = all.join(`${blank},${blank}`);
    return `${blank}{${blank}"readings"${blank}:${blank}[${list}]${blank}}${last}`;
  });
};

/** Bytes put in the place of others, at a place from 0 (the body's beginning) to 1 (its end). */
const change = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(2),
  put: fc.oneof(
    fc
      .constantFrom(
        ...words(String.raw`" \ \" \\ { } [ ] , : . - + 0 1 9 e1 E Z é 💓 // \u0031 null {} ,{}`),
        ...['', '', ' ', '\n', '\r\n', '\n\n', '{"readings":[', ']}'],
        ...['\u0000', '\u007f', '\u000b', '\ufeff', '\u00a0'],
      )
      .map((text) => Buffer.from(text)),
    fc.uint8Array({ minLength: 1, maxLength: 2 }),
  ),
});
const changed = (
  body: Buffer,
  changes: readonly { place: number; removed: number; put: Uint8Array }[],
) =>
  changes.reduce<Buffer>((bytes, { place, removed, put }) => {
    const at = Math.floor(place * bytes.length);
    return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + removed)]);
  }, body);

/** Bodies lie anywhere in the memory that they share with others. */
const within = (body: Buffer): Uint8Array => {
  const memory = new Uint8Array(body.length + 6).fill(0x7d);
  memory.set(body, 3);
  return memory.subarray(3, 3 + body.length);
};

describe.each(SCANS)('%s', (_, scan) => {
  it('is taken when it is spelled plainly, and comes out as on the ordinary road', () => {
    fc.assert(
      fc.property(bodyOf(scan, plainFields, fc.constant('')), (text) => {
        const body = within(Buffer.from(text));
        const batch = scan(body);
        expect(batch).toBeDefined();
        expect(contentOf(batch)).toStrictEqual(contentOf(ordinary(scan, body)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is only taken when the ordinary road takes it, and then comes out the same', () => {
    const verdicts = { taken: 0, left: 0 };
    const bodies = fc.tuple(
      bodyOf(scan, anyFields as Fields, more),
      fc.oneof(fc.constant([]), fc.array(change, { minLength: 1, maxLength: 2 })),
    );
    fc.assert(
      fc.property(bodies, ([text, changes]) => {
        const body = within(changed(Buffer.from(text), changes));
        const batch = scan(body);
        verdicts[batch === undefined ? 'left' : 'taken']++;
        if (batch === undefined) return;
        expect(contentOf(ordinary(scan, body))).toStrictEqual(contentOf(batch));
      }),
      { numRuns: 6_000 },
    );
    // Otherwise the agreement would say little.
    expect(Math.min(verdicts.taken, verdicts.left)).toBeGreaterThan(1_000);
  });

  it('is left to the ordinary road when there is nothing in it', () => {
    for (const text of ['', ' ', '\n', '{}', '[]', '{"readings":[]}', '{"readings":[', '"', '{"']) {
      expect(scan(Buffer.from(text))).toBeUndefined();
    }
  });

  it('is left to the ordinary road wherever it is cut off', () => {
    const reading = readingText(
      { device_id: '"d"', user_id: '"u"', timestamp: '"2024-01-15T10:00:00Z"', heart_rate: '72.5' },
      KEYS,
      [''],
    );
    const body = Buffer.from(scan === scanBatch ? `{"readings":[${reading}]}` : reading);
    expect(scan(body)?.size).toBe(1);
    for (let length = 0; length < body.length; length++) {
      // What lies beyond the end would make it whole.
      expect(scan(body.subarray(0, length))).toBeUndefined();
    }
  });
});

const READING =
  '{"device_id":"d","user_id":"u","timestamp":"2024-01-15T10:00:00Z","heart_rate":72}';

test.each([
  [10_000, 10_000],
  [10_001, undefined],
])('of %i readings it takes %o', (count, taken) => {
  const all = Array.from({ length: count }, () => READING);
  expect(scanBatch(Buffer.from(`{"readings":[${all.join()}]}`))?.size).toBe(taken);
  expect(scanLines(Buffer.from(all.join('\n')))?.size).toBe(taken);
});

test('ids are kept apart, also those that share a place in the cache', () => {
  // More than it has places for, twice, the second time in another order.
  const ids = Array.from({ length: 50_000 }, (_, i) => `${i.toString(36)}`);
  for (const user of [...ids, ...ids.reverse()]) {
    const body = READING.replace('"u"', `"${user}"`).replace('"d"', `"${user}"`);
    const [run] = scanReading(Buffer.from(body))?.runs ?? [];
    if (run?.userId !== user || run.deviceId !== user) expect(run).toMatchObject({ userId: user });
  }
});

const withTimestamp = (pattern: RegExp) =>
  zHeartRateReading.extend({ timestamp: timestampSchema(pattern, 'must be another one') });

describe('it goes by the schemas', () => {
  const taken = (reading: z.ZodType, batch = z.object({ readings: z.array(reading) })) => {
    const { scanReading, scanBatch, scanLines } = createReadingScanner(reading, batch);
    return [
      scanReading(Buffer.from(READING)),
      scanBatch(Buffer.from(`{"readings":[${READING}]}`)),
      scanLines(Buffer.from(`${READING}\n${READING}`)),
    ].map((found) => found?.size);
  };
  const { heart_rate } = zHeartRateReading.shape;
  const withHeartRate = (schema: z.ZodType) => zHeartRateReading.extend({ heart_rate: schema });
  const ALL = [1, 1, 2];
  const NONE = [undefined, undefined, undefined];

  test.each<[string, z.ZodType, (number | undefined)[]]>([
    ['the contract itself', zHeartRateReading, ALL],
    ['objects that are closed', zHeartRateReading.strict(), ALL],
    ['a lower bound that is met', withHeartRate(heart_rate.min(72)), ALL],
    ['a lower bound that is not', withHeartRate(heart_rate.min(72.5)), NONE],
    ['an upper bound that is met', withHeartRate(z.number().lte(72)), ALL],
    ['an upper bound that is not', withHeartRate(heart_rate.max(71)), NONE],
    ['other ids', zHeartRateReading.extend({ user_id: z.string().min(2) }), NONE],
    ['ids that are changed', zHeartRateReading.extend({ user_id: z.string().toUpperCase() }), NONE],
    ['ids of a list', zHeartRateReading.extend({ device_id: z.enum(['d', 'e']) }), ALL],
  ])('it follows %s', (_, reading, expected) => {
    expect(taken(reading)).toEqual(expected);
  });

  test.each<[string, z.ZodType]>([
    ['a further required field', zHeartRateReading.extend({ unit: z.string() })],
    ['a further optional field', zHeartRateReading.extend({ unit: z.string().optional() })],
    ['a field less', zHeartRateReading.omit({ heart_rate: true })],
    ['steps of a number', withHeartRate(heart_rate.multipleOf(0.5))],
    ['whole numbers', withHeartRate(z.int())],
    ['an exclusive bound', withHeartRate(heart_rate.gt(30))],
    ['a number that is changed', withHeartRate(heart_rate.transform((rate) => rate * 2))],
    ['a rule for all fields', zHeartRateReading.refine(() => true)],
    ['timestamps without a blank', withTimestamp(/^\S+$/)],
    ['timestamps of this century', withTimestamp(/^20/)],
    ['timestamps as texts', zHeartRateReading.extend({ timestamp: z.string() })],
  ])('it steps aside for %s', (_, reading) => {
    expect(taken(reading)).toEqual(NONE);
  });

  test('it follows the size of a batch', () => {
    const batchOf = (array: z.ZodArray<typeof zHeartRateReading>) => z.object({ readings: array });
    const array = z.array(zHeartRateReading);
    expect(taken(zHeartRateReading, batchOf(array.max(1)))).toEqual([1, 1, undefined]);
    expect(taken(zHeartRateReading, batchOf(array.min(2)))).toEqual([1, undefined, 2]);
    const others = z.array(zHeartRateReading.strict());
    expect(taken(zHeartRateReading, z.object({ readings: others }))).toEqual(NONE);
    const more = batchOf(array).extend({ source: z.string() });
    expect(taken(zHeartRateReading, more)).toEqual(NONE);
  });
});
