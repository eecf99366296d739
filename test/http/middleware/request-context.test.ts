import { expect, test } from 'vitest';
import { CONNECTION_LIMITS, listen } from '../../../src/http/server.ts';
import { until } from '../../support/store.ts';
import { JSON_TYPE, openTestService, type TestService } from '../../support/test-service.ts';
import { openSocket } from '../../support/wire.ts';

const LABELS = 'method="GET",route="/livez",status="200"';

/** The values of the metrics by name and labels. */
const metricsOf = async (service: TestService): Promise<(name: string) => number | undefined> => {
  const text = await (await service.get('/metrics')).text();
  const values = new Map(
    text.split('\n').map((line): [string, number] => {
      const [name = '', value] = line.split(' ');
      return [name, Number(value)];
    }),
  );
  return (name) => values.get(name);
};

test('the duration of requests is counted in seconds', async () => {
  const service = await openTestService();
  const startMs = performance.now();
  for (let i = 0; i < 5; i++) await service.get('/livez');
  const tookSeconds = (performance.now() - startMs) / 1000;
  const metric = await metricsOf(service);
  expect(metric(`http_request_duration_seconds_count{${LABELS}}`)).toBe(5);
  const sum = metric(`http_request_duration_seconds_sum{${LABELS}}`);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThanOrEqual(tookSeconds);
  await service.close();
});

test.each([
  ['a client that leaves in the middle of its body', 10_000],
  ['a body that is cut off because the service stops', 100],
])('%s: the request ends, and is counted', async (what, drainTimeoutMs) => {
  const service = await openTestService();
  const limits = { ...CONNECTION_LIMITS, drainTimeoutMs };
  const server = await listen(service.app, { host: '127.0.0.1', port: 0 }, limits);
  const socket = await openSocket(server.url);
  socket.on('error', () => undefined);
  socket.write(
    'POST /metrics/heart-rate HTTP/1.1\r\nHost: localhost\r\n' +
      `Content-Type: ${JSON_TYPE['content-type']}\r\nContent-Length: 90\r\n\r\n{`,
  );
  await fetch(`${server.url}/livez`); // By now the half request has arrived, too.
  if (what.startsWith('a client')) socket.destroy();
  const closed = server.close();
  const labels = 'method="POST",route="/metrics/heart-rate",status="400"';
  await until('it is counted', async () => {
    const metric = await metricsOf(service);
    return metric(`http_request_duration_seconds_count{${labels}}`) === 1;
  });
  await closed;
  socket.destroy();
  await service.close();
});
