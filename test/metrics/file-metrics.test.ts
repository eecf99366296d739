import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerFileMetrics } from '../../src/metrics/file-metrics.ts';

const samples = async (registry: Registry): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter((line) => /^[^#]/.test(line));

const none = { keys: undefined, certificate: undefined, notAfterMs: undefined };

test('they are as of when they are read, each file by itself', async () => {
  const registry = new Registry();
  const keys: { problem: string | undefined; loadedAtMs: number } = {
    problem: undefined,
    loadedAtMs: 1_500,
  };
  const certificate = { problem: undefined, loadedAtMs: 2_000 };
  registerFileMetrics(registry, { keys, certificate, notAfterMs: () => 3_000 });
  await samples(registry);
  keys.problem = 'it is broken';
  expect(await samples(registry)).toEqual([
    'heart_rate_file_last_reload_successful{file="keys"} 0',
    'heart_rate_file_last_reload_successful{file="certificate"} 1',
    'heart_rate_file_last_reload_success_timestamp_seconds{file="keys"} 1.5',
    'heart_rate_file_last_reload_success_timestamp_seconds{file="certificate"} 2',
    'heart_rate_certificate_not_after_timestamp_seconds 3',
  ]);
  keys.problem = undefined;
  keys.loadedAtMs = 4_000;
  expect((await samples(registry))[0]).toMatch(/"keys"} 1$/);
  expect((await samples(registry))[2]).toMatch(/"keys"} 4$/);
});

test('of files that are not set nothing is told', async () => {
  const registry = new Registry();
  registerFileMetrics(registry, none);
  expect(await samples(registry)).toEqual([]);
  registerFileMetrics(new Registry(), none);
});
