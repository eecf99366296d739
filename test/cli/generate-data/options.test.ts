import { expect, test } from 'vitest';
import { readOptions, USAGE, UsageError } from '../../../src/cli/generate-data/options.ts';

const NOW_MS = Date.parse('2024-03-01T17:45:10.123Z');

test('nothing said: 10,000 readings in about two minutes, up to the last full hour', () => {
  expect(readOptions([], NOW_MS)).toEqual({
    url: 'http://127.0.0.1:8000',
    rate: 84,
    concurrency: 16,
    dataset: {
      seed: 1,
      users: 5,
      devices: 3,
      count: 10_000,
      untilMs: Date.parse('2024-03-01T17:00:00Z'),
      daysBack: 2,
    },
  });
});

test('everything said', () => {
  const line =
    '--url https://hr.example/api --rate 0 --concurrency 4 --seed 9 --users 2 --devices 26 ' +
    '--count 500 --days-back 30 --until 2024-01-15T12:00:00+02:00';
  expect(readOptions(line.split(' '), NOW_MS)).toEqual({
    url: 'https://hr.example/api',
    rate: 0,
    concurrency: 4,
    dataset: {
      seed: 9,
      users: 2,
      devices: 26,
      count: 500,
      untilMs: Date.parse('2024-01-15T10:00:00Z'),
      daysBack: 30,
    },
  });
});

test('help comes before everything, and names every option', () => {
  expect(readOptions(['--users', 'none', '--help'], NOW_MS)).toBe('help');
  const options = 'url count rate concurrency users devices days-back until seed help'.split(' ');
  for (const option of options) expect(USAGE).toContain(`--${option}`);
});

test.each([
  ['--rate=-1', '--rate must be a whole number'],
  ['--rate=fast', '--rate must be a whole number from 0 to 1000000, not "fast"'],
  ['--count=0', '--count must be'],
  ['--count=1.5', '--count must be'],
  ['--users=', '--users must be'],
  ['--devices=27', '--devices must be'],
  ['--days-back=0', '--days-back must be'],
  ['--until=tomorrow', '--until must be a timestamp'],
  ['--url=localhost:8000', '--url must be an http or https URL'],
  ['--speed=2', 'speed'],
  ['stray', 'stray'],
])('%s is refused', (argument, message) => {
  const read = () => readOptions([argument], NOW_MS);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(message);
});
