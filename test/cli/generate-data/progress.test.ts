import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Latencies } from '../../../src/cli/generate-data/latencies.ts';
import { progressLine } from '../../../src/cli/generate-data/progress.ts';
import { drawn, showProgress } from '../../../src/cli/show-progress.ts';

const PROGRESS = {
  readings: 2_500,
  total: 10_000,
  elapsedMs: 20_000,
  latency: 'p50 1.2 ms, p99 8.4 ms',
  errors: 1,
};

test('a line tells how far, how fast and how well', () => {
  expect(progressLine(PROGRESS)).toBe(
    '[██████░░░░░░░░░░░░░░░░░░] 2,500/10,000 readings, 125/s, p50 1.2 ms, p99 8.4 ms, 1 error',
  );
});

test('nothing is done yet', () => {
  const line = progressLine({ ...PROGRESS, readings: 0, elapsedMs: 0, errors: 0 });
  expect(line).toContain('] 0/10,000 readings, 0/s');
  expect(line).toContain('0 errors');
});

test('on a terminal a line is redrawn and never wraps, elsewhere it ends', () => {
  const write = (): void => {};
  expect(drawn('0123456789', { isTTY: true, columns: 8, write })).toBe('\r0123456\x1b[K');
  expect(drawn('0123456789', { write })).toBe('0123456789\n');
});

test('progress is shown while the task runs, at its end, and when it fails', async () => {
  const written: string[] = [];
  const output = { isTTY: true, columns: 200, write: (text: string) => written.push(text) };
  const outcome = await showProgress(
    () => sleep(350, 'done'),
    () => progressLine(PROGRESS),
    output,
  );
  expect(outcome).toBe('done');
  expect(written.length).toBeGreaterThanOrEqual(3);
  expect(written.at(-2)).toBe(`\r${progressLine(PROGRESS)}\x1b[K`);
  expect(written.at(-1)).toBe('\n');

  const failure = showProgress(
    () => Promise.reject(new Error('no')),
    () => progressLine(PROGRESS),
    output,
  );
  await expect(failure).rejects.toThrow('no');
  const count = written.length;
  await sleep(150);
  expect(written).toHaveLength(count);
});

test('latencies are of all calls, also of those that fail', async () => {
  const latencies = new Latencies();
  expect([latencies.overall(), latencies.recent()]).toEqual(['none', 'none']);
  expect(await latencies.time(async () => 'answer')).toBe('answer');
  const slow = latencies.time(async () => {
    await sleep(60);
    throw new Error('no');
  });
  await expect(slow).rejects.toThrow('no');
  const [, p50 = '', p99 = ''] = /^p50 (.+) ms, p99 (.+) ms$/.exec(latencies.overall()) ?? [];
  expect(Number(p50)).toBeLessThan(50);
  expect(Number(p99)).toBeGreaterThanOrEqual(59);
});
