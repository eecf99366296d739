import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createClusterObserver } from '../../src/metrics/cassandra-metrics.ts';
import { driverMetrics } from '../../src/storage/cassandra/cluster-observer.ts';

/** The samples that are not 0, without those of buckets. */
const samplesOf = async (registry: Registry): Promise<string[]> =>
  (await registry.metrics())
    .split('\n')
    .filter((line) => /^[^#].* [^0 ]\S*$|^[^#].* 0\.\d+$/.test(line) && !line.includes('_bucket'))
    .map((line) => line.replace('heart_rate_cassandra_', ''));

it('shows what the driver and the watch tell, and every kind of error from the start', async () => {
  const registry = new Registry();
  const observer = createClusterObserver(registry);
  expect(await samplesOf(registry)).toEqual([]);
  expect((await registry.metrics()).match(/errors_total\{kind="\w+"\} 0/g)).toHaveLength(6);
  const driver = driverMetrics(observer);
  const error = new Error('of a node') as never;
  driver.onSuccessfulResponse([1, 250_000_000]);
  driver.onResponse([1, 250_000_000]);
  driver.onSpeculativeExecution();
  driver.onUnavailableError(error);
  driver.onReadTimeoutError(error);
  driver.onWriteTimeoutError(error);
  driver.onWriteTimeoutRetry(error);
  driver.onClientTimeoutError(error);
  driver.onClientTimeoutRetry(error);
  driver.onConnectionError(error);
  driver.onAuthenticationError(error);
  driver.onOtherError(error);
  observer.looked({ up: 2, down: 1, skewMs: -30 });
  expect(await samplesOf(registry)).toEqual([
    'request_duration_seconds_sum 1.25',
    'request_duration_seconds_count 1',
    'errors_total{kind="unavailable"} 1',
    'errors_total{kind="write_timeout"} 1',
    'errors_total{kind="read_timeout"} 1',
    'errors_total{kind="client_timeout"} 1',
    'errors_total{kind="connection"} 2',
    'errors_total{kind="other"} 1',
    'retries_total 2',
    'speculations_total 1',
    'nodes{state="up"} 2',
    'nodes{state="down"} 1',
    'clock_skew_seconds -0.03',
  ]);
});
