import { expect, test } from 'vitest';
import { isSamePlace, nameBehind } from '../../../src/storage/cassandra/chunk-place.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';

const at = (seq: number, writer: string) => ({ seq: seq as Stamp, writer });

test('a name comes behind all at its place, however often it is done, and does not grow', () => {
  // Beside it stands what another process has written at the same microsecond.
  const next = 'abcdefgi';
  let last = 'abcdefgh';
  const lengths = new Set<number>();
  for (let times = 0; times < 200; times++) {
    const name = nameBehind(last);
    for (const section of [`${name}.000`, `${name}.001`]) {
      expect(section > last).toBe(true);
      expect(section < next).toBe(true);
      expect(isSamePlace(at(1, section), at(1, 'abcdefgh'))).toBe(true);
      last = section;
    }
    lengths.add(name.length);
  }
  expect([...lengths]).toEqual([24]);
});

test('a name comes behind those that earlier versions gave', () => {
  for (const earlier of ['abcdefgh~zzzzzz.002', 'abcdefgh~Zz-_aa.002~zzzzzz.000']) {
    expect(nameBehind(earlier) > earlier).toBe(true);
    expect(isSamePlace(at(1, nameBehind(earlier)), at(1, 'abcdefgh'))).toBe(true);
  }
});

test('others stand at other places', () => {
  expect(isSamePlace(at(1, 'a'), at(2, 'a'))).toBe(false);
  expect(isSamePlace(at(1, 'a~~00000001x'), at(1, 'b'))).toBe(false);
  // What was moved here has a number in its name.
  expect(isSamePlace(at(1, 'moved-x.000'), at(1, 'moved-x.001'))).toBe(false);
});
