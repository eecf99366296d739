import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrayOfLines,
  checkedBody,
  checkedLine,
  checkedLines,
  isIntactLine,
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

describe('lines that follow each other', () => {
  it('are a JSON array of what each is without its checksum', () => {
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 5 }), body, (bodies, before) => {
        const start = Buffer.byteLength(checkedLine(before));
        const content = Buffer.from([before, ...bodies, before].map(checkedLine).join(''));
        let end = start;
        const ends = bodies.map((text) => {
          end += Buffer.byteLength(checkedLine(text));
          return end;
        });
        const original = Buffer.from(content);
        const array = JSON.parse(arrayOfLines(content, start, ends));
        expect(array).toEqual(bodies.map((text) => JSON.parse(`{${text}`)));
        expect(content).toEqual(original);
      }),
    );
  });
});

describe('a line', () => {
  it('is intact only when each of its bytes is as it was written', () => {
    const [text, edge] = [checkedLine('"t":"änn"}'), Buffer.from('x')];
    const content = Buffer.concat([edge, Buffer.from(text), edge]);
    const end = content.length - 2;
    expect(isIntactLine(content, 1, end)).toBe(true);
    for (let at = 1; at < end; at++) {
      for (let flip = 1; flip < 256; flip++) {
        const damaged = Buffer.from(content);
        damaged[at] = (content[at] as number) ^ flip;
        expect(isIntactLine(damaged, 1, end)).toBe(false);
      }
      expect(isIntactLine(content, 1, at)).toBe(false);
      expect(isIntactLine(content, at + 1, end)).toBe(false);
    }
  });
});
