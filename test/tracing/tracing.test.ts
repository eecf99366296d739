import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { ServiceProcess } from '../crash/service-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { JSON_TYPE, READING } from '../support/test-service.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: unknown;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

/** Takes traces as a collector does (OTLP/HTTP, JSON). */
const startReceiver = async () => {
  const received: Sent[] = [];
  const server = createServer(async (request, response) => {
    expect(request.url).toBe('/v1/traces');
    received.push((await json(request)) as Sent);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, received };
};

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const TRACEPARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`;

test('requests, queries and the work of the store are told to a collector, but not of whom', {
  timeout: 60_000,
}, async () => {
  const receiver = await startReceiver();
  const service = new ServiceProcess(await temporaryFolder(), {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  });
  const url = await service.ready();
  const headers = { ...JSON_TYPE, traceparent: TRACEPARENT };
  const body = JSON.stringify(READING);
  const posted = await fetch(`${url}/metrics/heart-rate`, { method: 'POST', headers, body });
  expect(posted.status).toBe(200);
  const range = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
  await fetch(`${url}/metrics/heart-rate?user_id=${READING.user_id}&${range}`);
  await fetch(`${url}/users/${READING.user_id}`);
  // What is left is flushed, and told, as it ends.
  expect(await service.stop('SIGTERM')).toBe(0);
  expect(service.complaints).toEqual([]);

  const sent = receiver.received.flatMap(({ resourceSpans }) => resourceSpans);
  const spans = sent.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  expect(JSON.stringify(sent[0]?.resource)).toContain('"heart-rate"');
  const named = (name: string) => spans.filter((span) => span.name === name);
  const [ingest, query] = ['POST', 'GET'].map(
    (method) => named(`${method} /metrics/heart-rate`)[0],
  );
  expect(ingest).toMatchObject({ traceId: CALLER.traceId, parentSpanId: CALLER.spanId });
  expect(named('append')).toMatchObject([
    { traceId: CALLER.traceId, parentSpanId: ingest?.spanId },
  ]);
  expect(query?.traceId).not.toBe(CALLER.traceId);
  expect(named('query')).toMatchObject([{ traceId: query?.traceId, parentSpanId: query?.spanId }]);
  expect(named('GET unmatched')).toHaveLength(1);
  for (const name of ['commit', 'flush']) {
    const [span] = named(name);
    expect(span?.parentSpanId ?? '', name).toBe('');
    const tookNs = Number(span?.endTimeUnixNano) - Number(span?.startTimeUnixNano);
    expect(tookNs).toBeGreaterThan(0);
    expect(tookNs).toBeLessThan(20e9);
  }
  const text = JSON.stringify(sent);
  for (const secret of [READING.user_id, READING.device_id, READING.timestamp]) {
    expect(text).not.toContain(secret);
  }
});

test('without a collector nothing of OpenTelemetry is loaded', async () => {
  // It fails the start if it is.
  const refusing = `export const resolve = (name, context, next) => {
    if (name.includes('opentelemetry')) throw new Error('loaded');
    return next(name, context);
  };`;
  const register = `import { register } from 'node:module';
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(refusing)}`)});`;
  const flag = `--import=data:text/javascript,${encodeURIComponent(register)}`;
  const start = async (environment: Record<string, string>) =>
    new ServiceProcess(await temporaryFolder(), { NODE_OPTIONS: flag, ...environment });
  await expect((await start({})).ready()).resolves.toMatch(/^http/);
  const traced = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  await expect(traced.ready()).rejects.toThrow('loaded');
});
