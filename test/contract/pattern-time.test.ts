import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contract } from '../support/contract.ts';

/** Each pattern of the contract, wherever it stands. */
const patternsIn = (node: unknown): string[] => {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'pattern' && typeof value === 'string' ? [value] : patternsIn(value),
  );
};
const PATTERNS = [...new Set(patternsIn(contract))];

/** As long as all headers of a request together may be. */
const LENGTH = 16_384;
const REPEATED = [...'a0Z_-:.,;=*"\\/ \t%+é', '0:', 'W/', '",', ' "'];

test('the contract has patterns', () => {
  expect(PATTERNS.length).toBeGreaterThan(1);
});

test.each(PATTERNS)('%s takes no time to speak of, whatever is matched', (source) => {
  const pattern = new RegExp(source, 'u');
  const samples = fc.sample(fc.stringMatching(pattern), { numRuns: 20, seed: 1 });
  const longest = (text: string) => text.repeat(Math.ceil(LENGTH / Math.max(1, text.length)));
  const repeated = [...REPEATED, ...samples].map(longest);
  const texts = ['', ...samples].flatMap((begin) => repeated.map((text) => `${begin}${text}\0`));
  const began = performance.now();
  for (const text of texts) pattern.test(text);
  expect((performance.now() - began) / texts.length).toBeLessThan(5);
});
