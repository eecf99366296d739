import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as schemas from '../../generated/zod/zod.gen.ts';
import { dereference } from '../../src/openapi/spec-document.ts';
import { parseTimestamp } from '../../src/readings/timestamp.ts';
import { contract, validatorOf } from '../support/contract.ts';

const patternOf = (name: string): RegExp => {
  const { pattern } = dereference<{ pattern: string }>(contract, {
    $ref: `#/components/schemas/${name}`,
  });
  return new RegExp(pattern, 'u');
};

/** Texts around every edge of an id: by length in characters and in UTF-16 units, by content. */
const id = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .constantFrom(0, 1, 63, 64, 65, 127, 128, 129)
    .chain((length) =>
      fc.constantFrom('a', '💓', 'é', '\u2028', ' ').map((character) => character.repeat(length)),
    ),
  fc
    .tuple(
      fc.string({ maxLength: 3 }),
      fc.constantFrom('\u0000', '\n', '\u007f', '\u0085', '\u009f', '\u00a0', '\ud800', '\udc00'),
      fc.string({ maxLength: 3 }),
    )
    .map((pieces) => pieces.join('')),
);
const timestamp = fc.oneof(
  fc.stringMatching(patternOf('Timestamp')),
  fc
    .tuple(
      fc.stringMatching(patternOf('Timestamp')),
      fc.nat(30),
      fc.constantFrom('', '0', ' ', '+', ':'),
    )
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1)),
  fc
    .date({ min: new Date('1960-01-01'), max: new Date('2210-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom('2024-02-30T00:00:00Z', '2024-01-15', '2024-01-15T10:00:00', '', 'now'),
);
const zone = fc
  .array(fc.constantFrom('Europe', 'St_Johns', 'GMT+2', 'é', '', 'A'.repeat(33)), { maxLength: 4 })
  .map((names) => names.join('/'));
const heartRate = fc.oneof(
  fc.double({ min: 0, max: 250 }),
  fc.constantFrom(30, 29.999999999999996, 220, 220.00000000000003, -0, 0, Infinity, NaN),
);
/** Mostly what fits, so that an object of several fields often does. */
const mostly = (good: fc.Arbitrary<unknown>, edge: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: edge });
const fields = {
  device_id: mostly(fc.constantFrom('device_a', 'é', '💓'.repeat(128)), id),
  user_id: mostly(fc.constantFrom('user_123', ' ', 'u'.repeat(128)), id),
  timestamp: mostly(fc.constant('2024-01-15T10:00:00Z'), timestamp),
  heart_rate: mostly(fc.double({ min: 30, max: 220, noNaN: true }), heartRate),
};
const anything = fc.anything({ maxDepth: 1 });

/** An object made to fit, of which any field may then be missing, or anything at all. */
const objectOf = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record(fields) },
    { weight: 2, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.record(fields), fc.constantFrom(...Object.keys(fields), 'more'), anything)
        .map(([object, key, value]) => ({ ...object, [key]: value })),
    },
    { weight: 1, arbitrary: anything },
  );
const reading = objectOf(fields);
const batch = objectOf({ readings: mostly(fc.array(reading, { maxLength: 3 }), anything) });

const SUBJECTS = [
  ['HeartRateReading', schemas.zHeartRateReading, reading],
  ['HeartRateBatch', schemas.zHeartRateBatch, batch],
  ['Timestamp', schemas.zTimestamp, timestamp],
  ['UserId', schemas.zUserId, id],
  ['DeviceId', schemas.zDeviceId, id],
  ['Interval', schemas.zInterval, fc.constantFrom('1m', '5m', '15m', '1h', '1d', '1M', '2m', '')],
  ['PriorityScope', schemas.zPriorityScope, fc.constantFrom('timestamp', 'bucket', 'Bucket', '')],
  [
    'Include',
    schemas.zInclude,
    fc.array(fc.constantFrom('stats', 'explain', ''), { maxLength: 3 }),
  ],
  [
    'TimeZone',
    schemas.zTimeZone,
    fc.oneof(zone, fc.constantFrom('UTC', 'utc', 'CET', '+02:00', '')),
  ],
] as const;

test.each(SUBJECTS)(
  '%s: what the contract takes, Zod takes, and nothing else',
  (name, zod, any) => {
    const ajv = validatorOf(`#/components/schemas/${name}`);
    const verdicts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(any, (value) => {
        const isTaken = ajv(value);
        verdicts[isTaken ? 'taken' : 'refused']++;
        expect(zod.safeParse(value).success).toBe(isTaken);
      }),
      { numRuns: 3_000 },
    );
    // Otherwise the agreement would say little.
    expect(Math.min(verdicts.taken, verdicts.refused)).toBeGreaterThan(300);
  },
);

test('a batch has 1 to 10,000 readings, for both', () => {
  const ajv = validatorOf('#/components/schemas/HeartRateBatch');
  const reading = {
    device_id: 'd',
    user_id: 'u',
    timestamp: '2024-01-15T10:00:00Z',
    heart_rate: 60,
  };
  for (const [count, isTaken] of [
    [0, false],
    [1, true],
    [10_000, true],
    [10_001, false],
  ] as const) {
    const body = { readings: Array.from({ length: count }, () => reading) };
    expect([ajv(body), schemas.zHeartRateBatch.safeParse(body).success]).toEqual([
      isTaken,
      isTaken,
    ]);
  }
});

/** The date that a text begins with; undefined when it is in no calendar. */
const dateIn = (text: string): number | undefined => {
  const day = text.slice(0, 10);
  const millis = Date.parse(`${day}T00:00:00Z`);
  return new Date(millis).toISOString().startsWith(day) ? millis : undefined;
};

test('the pattern of timestamps has every form that is taken', () => {
  const forms = timestamp.filter((text) => parseTimestamp(text) !== undefined);
  fc.assert(
    fc.property(forms, (text) => {
      expect(text).toMatch(patternOf('Timestamp'));
    }),
    { numRuns: 3_000 },
  );
});

test('of what the pattern has, only what is in no calendar and edges of time are refused', () => {
  const DAY_MS = 86_400_000;
  fc.assert(
    fc.property(fc.stringMatching(patternOf('Timestamp')), (text) => {
      if (parseTimestamp(text) !== undefined) return;
      const date = dateIn(text);
      const isEdge = date !== undefined && (date <= 0 || date >= Date.UTC(2200, 0, 1) - DAY_MS);
      expect([text, date === undefined || isEdge]).toEqual([text, true]);
    }),
    { numRuns: 5_000 },
  );
});

test.each(['UserId', 'Timestamp'])('the pattern of %s is written for any language', (name) => {
  const { source } = patternOf(name);
  // No properties, look-arounds or classes that mean other characters in Python, Java or Rust.
  expect(source).not.toMatch(/\\[pPdDwWsSbBk]|\(\?|\\u\{|\\u[dD][89a-fA-F]/);
  expect(() => new RegExp(source)).not.toThrow();
});
