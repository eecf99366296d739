import { expect, test } from 'vitest';
import { csvNameOf, csvOf } from '../../../client/dashboard/src/series/csv.ts';

const POINT = {
  startMs: Date.parse('2024-01-15T10:00:00Z'),
  mean: 70.5,
  min: 60,
  max: 80,
  readings: 3,
};

const lineOf = (device: string): string | undefined =>
  csvOf([{ ...POINT, device }]).split('\r\n')[1];

test('a row for each point, below the names of the columns', () => {
  expect(csvOf([{ ...POINT, device: 'a' }])).toBe(
    'timestamp,heart_rate,min,max,readings,device_id\r\n' +
      '2024-01-15T10:00:00.000Z,70.5,60,80,3,a\r\n',
  );
});

test.each([
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['watch-1', 'watch-1'],
  ['ü 😀', 'ü 😀'],
])('the device %s is the field %s', (device, field) => {
  expect(lineOf(device)).toBe(`2024-01-15T10:00:00.000Z,70.5,60,80,3,${field}`);
});

test.each([
  ['ana', 'heart-rate-ana-2024-01-15.csv'],
  ['../../etc/passwd', 'heart-rate-_etc_passwd-2024-01-15.csv'],
  ['名 \u202ex', 'heart-rate-名_x-2024-01-15.csv'],
  ['x'.repeat(128), `heart-rate-${'x'.repeat(60)}-2024-01-15.csv`],
])('the file of user %s is called %s', (user, name) => {
  expect(csvNameOf(user, '2024-01-15')).toBe(name);
});
