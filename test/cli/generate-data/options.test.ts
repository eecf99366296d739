import { expect, test } from 'vitest';
import {
  type GeneratorOptions,
  generateDataCommand,
} from '../../../src/cli/generate-data/options.ts';

const NOW_MS = Date.parse('2024-03-01T17:45:10.123Z');

/** What the command line says. */
const readOptions = (args: readonly string[], nowMs: number): GeneratorOptions | undefined => {
  let read: GeneratorOptions | undefined;
  const command = generateDataCommand(
    async (options) => {
      read = options;
    },
    () => nowMs,
  );
  command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  command.parse([...args], { from: 'user' });
  return read;
};

test('nothing said: 10,000 readings in about two minutes, up to the last full hour', () => {
  expect(readOptions([], NOW_MS)).toEqual({
    url: 'http://127.0.0.1:8000',
    rate: 84,
    concurrency: 16,
    json: false,
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
    '--count 500 --days-back 30 --until 2024-01-15T12:00:00+02:00 --json';
  expect(readOptions(line.split(' '), NOW_MS)).toEqual({
    url: 'https://hr.example/api',
    rate: 0,
    concurrency: 4,
    json: true,
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

test.each([
  ['--rate=-1', 'whole number from 0 to 1000000'],
  ['--rate=fast', 'whole number from 0 to 1000000'],
  ['--count=0', '--count <n>'],
  ['--count=1.5', '--count <n>'],
  ['--users=', '--users <n>'],
  ['--devices=27', '--devices <n>'],
  ['--days-back=0', '--days-back <n>'],
  ['--until=tomorrow', 'must be a timestamp'],
  ['--url=localhost:8000', 'must be an http or https URL'],
  ['--speed=2', 'speed'],
  ['stray', 'too many arguments'],
])('%s is refused', (argument, message) => {
  const read = () => readOptions([argument], NOW_MS);
  expect(read).toThrow(message);
});
