import { expect, test } from 'vitest';
import { parseDevicePriorities } from '../../src/readings/parse-device-priorities.ts';

const mistakesIn = (text: string) => parseDevicePriorities(text).mistakes;

test('ids and prefixes, with blanks and line ends around them', () => {
  expect(parseDevicePriorities('device_a=1,\n  polar-* = 2 , Zoë’s watch=1000000')).toEqual({
    priorities: [
      { deviceId: 'device_a', priority: 1 },
      { prefix: 'polar-', priority: 2 },
      { deviceId: 'Zoë’s watch', priority: 1_000_000 },
    ],
    mistakes: [],
  });
});

test('a star alone stands for all devices, and the last = is that of the priority', () => {
  expect(parseDevicePriorities('*=3,a=b=1').priorities).toEqual([
    { prefix: '', priority: 3 },
    { deviceId: 'a=b', priority: 1 },
  ]);
});

test.each([
  ['device_a', 'must have entries like device_a=1 or polar-*=2, not "device_a"'],
  ['=1', 'must have entries like device_a=1 or polar-*=2, not "=1"'],
  ['a=1,', 'must have entries like device_a=1 or polar-*=2, not ""'],
  ['a=', 'must give "a" a whole number from 1 to 1000000, not ""'],
  ['a=0', 'must give "a" a whole number from 1 to 1000000, not "0"'],
  ['a=-1', 'must give "a" a whole number from 1 to 1000000, not "-1"'],
  ['a=1.5', 'must give "a" a whole number from 1 to 1000000, not "1.5"'],
  ['a=1000001', 'must give "a" a whole number from 1 to 1000000, not "1000001"'],
  ['a*b=1', 'may have * only at the end of an id, not as in "a*b"'],
  ['**=1', 'may have * only at the end of an id, not as in "**"'],
  ['a=1,b=2,a=3', 'must name "a" once, not twice'],
  ['a*=1,a*=1', 'must name "a*" once, not twice'],
])('%s is refused', (text, mistake) => {
  expect(mistakesIn(text)).toEqual([mistake]);
});

test('an id and the prefix of the same letters are two entries', () => {
  expect(mistakesIn('a=1,a*=2')).toEqual([]);
});

test('32 entries at most', () => {
  const entries = (n: number) => Array.from({ length: n }, (_, i) => `device_${i}=1`).join();
  expect(mistakesIn(entries(32))).toEqual([]);
  expect(mistakesIn(entries(33))).toEqual(['must have at most 32 entries, not 33']);
});

test('of several mistakes each is told', () => {
  expect(mistakesIn('a,b=x,c=1')).toHaveLength(2);
});
