import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerLoadMetrics } from '../../src/metrics/load-metrics.ts';

test('they are as of when they are read', async () => {
  const registry = new Registry();
  let dropped = 2;
  const queries = { running: 3, queued: 4 };
  registerLoadMetrics(registry, { connections: { dropped: () => dropped }, queries });
  await registry.metrics();
  dropped = 5;
  queries.running = 6;
  queries.queued = 7;
  const lines = (await registry.metrics()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'heart_rate_connections_dropped_total 5',
      'heart_rate_queries_running 6',
      'heart_rate_queries_waiting 7',
    ]),
  );
});
