import { expect, it } from 'vitest';
import { SmallMap } from '../../../../src/storage/parquet/memory/small-map.ts';

it.each([0, 1, 2, 5])('a small map of %d entries is as any map is', (size) => {
  const map = new SmallMap<number>();
  const entries = Array.from({ length: size }, (_, i): [string, number] => [`key ${i}`, i]);
  for (const [key, value] of entries) {
    map.set(key, -1);
    map.set(key, value);
  }
  expect([...map]).toEqual(entries);
  expect(map.size).toBe(size);
  for (const [key, value] of entries) expect(map.get(key)).toBe(value);
  expect(map.get('another')).toBeUndefined();
});
