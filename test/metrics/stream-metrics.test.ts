import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerExportMetrics, registerStreamMetrics } from '../../src/metrics/stream-metrics.ts';

const samplesOf = async (registry: Registry) =>
  (await registry.metrics()).split('\n').filter((line) => /^\w/.test(line));

test('exports that run, as they are when asked for, and how many may', async () => {
  const registry = new Registry();
  const exports = { running: 2, maxExports: 8 };
  registerExportMetrics(registry, exports);
  expect(await samplesOf(registry)).toEqual(['heart_rate_exports 2', 'heart_rate_exports_limit 8']);
  exports.running = 5;
  expect(await samplesOf(registry)).toContain('heart_rate_exports 5');
});

test('streams, and those that were cut off so far', async () => {
  const registry = new Registry();
  const live = { streams: 3, dropped: 1 };
  registerStreamMetrics(registry, live);
  live.dropped = 4;
  for (let twice = 0; twice < 2; twice++) {
    expect(await samplesOf(registry)).toEqual([
      'heart_rate_streams 3',
      'heart_rate_streams_dropped_total 4',
    ]);
  }
});
