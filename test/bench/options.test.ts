import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './options.ts';

describe('options of the benchmark', () => {
  it('has defaults', () => {
    expect(readOptions([])).toEqual({
      only: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
      rounds: 2,
      seconds: 4,
      users: 100,
      usersOfTenDays: 20,
      soakMinutes: 1,
      yearSyncMinutes: 2,
      lateDays: 10_000,
      yearDays: 365,
      logReadings: 1_000_000,
      json: undefined,
    });
  });

  it('takes what is said, also over --quick', () => {
    const args = ['--quick', '--only', '3,1', '--rounds', '5', '--soak-minutes=0.5'];
    args.push('--year-sync-minutes', '10');
    expect(readOptions(args)).toMatchObject({
      only: [1, 3],
      rounds: 5,
      seconds: 1,
      soakMinutes: 0.5,
      yearSyncMinutes: 10,
    });
  });

  it('writes JSON to a file or to standard output', () => {
    expect(readOptions(['--json', 'figures.json'])).toMatchObject({ json: 'figures.json' });
    expect(readOptions(['--json'])).toMatchObject({ json: '-' });
    expect(readOptions(['--json', '--quick'])).toMatchObject({ json: '-', rounds: 1 });
  });

  it.each([['--only', '99'], ['--only', 'x'], ['--rounds', '1.5'], ['--seconds', '0'], ['--fast']])(
    'refuses %s %s',
    (...args) => {
      expect(() => readOptions(args)).toThrow(UsageError);
    },
  );
});
