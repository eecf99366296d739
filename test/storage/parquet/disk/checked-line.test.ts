import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkedBody,
  checkedLine,
  checkedLines,
} from '../../../../src/storage/parquet/disk/checked-line.ts';

const body = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }).map((text) => `"t":${JSON.stringify(text)}}`),
  fc
    .string({ unit: 'grapheme-ascii', maxLength: 20 })
    .map((text) => `"t":${JSON.stringify(text)}}`),
);

describe('checked lines', () => {
  it('are each as it is alone, whether there is room for them or not', () => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 5 }), fc.nat(2_000), (bodies, room) => {
        const lines = checkedLines(bodies, Buffer.alloc(room));
        expect(lines.toString()).toBe(bodies.map(checkedLine).join(''));
      }),
    );
  });

  it('hold their bodies', () => {
    fc.assert(
      fc.property(body, (text) => {
        const line = checkedLines([text], Buffer.alloc(0));
        expect(checkedBody(line.subarray(0, -1)).toString()).toBe(text);
      }),
    );
  });
});
