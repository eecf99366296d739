import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareUtf8 } from '../../src/readings/utf8-order.ts';

it('orders strings as their UTF-8 bytes are ordered', () => {
  const near = fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffee', '😀', '😁', '\u{10ffff}');
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: near, maxLength: 4 }));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const byBytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareUtf8(a, b))).toBe(byBytes);
    }),
    { numRuns: 2000 },
  );
});
