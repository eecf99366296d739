import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONNECTION_LIMITS, type ListeningServer, listen } from '../../src/http/server.ts';
import { SCOPES } from '../../src/keys/scopes.ts';
import { operationsOf, type PlacedOperation } from '../../src/openapi/spec-document.ts';
import { ReadingExports } from '../../src/query/export/reading-exports.ts';
import { LiveReadings } from '../../src/query/live/live-readings.ts';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { StoreUnavailableError } from '../../src/storage/reading-store.ts';
import { checked, contract } from '../support/contract.ts';
import { dashboardAssets } from '../support/dashboard-assets.ts';
import { exampleOf } from '../support/example-request.ts';
import { keysOf, testKey } from '../support/test-keys.ts';
import { openTestService, READING, type TestService } from '../support/test-service.ts';

const EVERY_SCOPE = SCOPES.map((scope) => testKey({ scopes: [scope] }));

/** Mistakes of the service: that there is none can be tested, each status of one cannot. */
const NOT_PRODUCED = new Set(['500']);

let service: TestService;
let empty: TestService;
let narrow: TestService;
let broken: TestService;
let guarded: TestService;
let keyed: TestService;
let limited: TestService;
let server: ListeningServer;

const giveUp = () => Promise.reject(new StoreUnavailableError('The disk is full.', 1));

beforeAll(async () => {
  service = await openTestService();
  empty = await openTestService();
  narrow = await openTestService({ maxBodyBytes: 10 });
  guarded = await openTestService({ allowedHosts: [] });
  keyed = await openTestService({ keys: keysOf(...EVERY_SCOPE) });
  // What it may send has been sent.
  limited = await openTestService({
    rateLimit: { perSecond: 0.001, burst: 1 },
  });
  await limited.get('/devices');
  const { store } = empty;
  broken = await openTestService({
    live: new LiveReadings({ maxStreams: 0 }),
    exports: new ReadingExports(new SeriesQuery(store, []), { maxExports: 0 }),
    store: new Proxy(store, {
      get: (_, name) =>
        name === 'health'
          ? () => ({ ...store.health(), state: 'unavailable', reasons: ['The disk is full.'] })
          : giveUp,
    }),
    series: {
      async *run() {
        yield await giveUp();
      },
      forget: () => undefined,
    },
    userReadings: { latest: giveUp, devices: giveUp },
  });
  const limits = { ...CONNECTION_LIMITS, headersTimeoutMs: 100, requestTimeoutMs: 200 };
  server = await listen(service.app, { host: '127.0.0.1', port: 0 }, limits);
});
afterAll(async () => {
  await server.close();
  const all = [service, empty, narrow, broken, guarded, keyed, limited];
  await Promise.all(all.map((each) => each.close()));
});

const changed = (request: Request, init: RequestInit, search = ''): Request =>
  new Request(new Request(request.url + search, request), init);

/** The answer to a head that is sent as it is and not gone on with, checked like any other. */
const answerToHead = async (request: Request, head: string): Promise<Response> => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${request.method} ${new URL(request.url).pathname} HTTP/1.1\r\nHost: a\r\n${head}`);
  const [top = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  const [first = '', ...lines] = top.split('\r\n');
  const headers = lines.map((line) => line.split(': ') as [string, string]);
  const answer = new Response(body, { status: Number(first.split(' ')[1]), headers });
  return checked(() => answer)(request);
};

/** The names of assets change with each build, so the contract's example is of none. */
const named = async (request: Request): Promise<Request> => {
  if (!request.url.includes('/assets/')) return request;
  const [name] = await dashboardAssets(service);
  return new Request(new URL(`/assets/${name}`, request.url));
};

/** How each status comes about, whatever the operation. */
const PRODUCERS: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
  200: async (request) => service.fetch(await named(request)),
  304: async (request) => {
    const etag = (await service.fetch(request.clone())).headers.get('etag') ?? '';
    return service.fetch(changed(request, { headers: { 'if-none-match': etag } }));
  },
  400: (request) => service.fetch(changed(request, {}, request.url.includes('?') ? '&%' : '?%')),
  401: (request) => keyed.fetch(request),
  403: async (request) => {
    // One of them has another scope than the operation's.
    const [first, second] = await Promise.all(
      EVERY_SCOPE.slice(0, 2).map(({ headers }) =>
        keyed.fetch(changed(request.clone(), { headers: [...request.headers, ...headers] })),
      ),
    );
    return (first?.status === 403 ? first : second) as Response;
  },
  404: (request) => empty.fetch(request),
  408: (request) => answerToHead(request, 'X-Slow: '),
  413: (request) => narrow.fetch(request),
  415: (request) => service.fetch(changed(request, { headers: { 'content-type': 'text/csv' } })),
  421: (request) => guarded.fetch(request),
  429: (request) => limited.fetch(request),
  431: (request) => answerToHead(request, `X-Long: ${'x'.repeat(20_000)}\r\n\r\n`),
  503: (request) => broken.fetch(request),
};

const DECLARED = operationsOf(contract).flatMap((placed) =>
  Object.keys(placed.operation.responses)
    .filter((status) => !NOT_PRODUCED.has(status))
    .map((status): [string, string, PlacedOperation] => [
      placed.operation.operationId,
      status,
      placed,
    ]),
);

const produce = async (_: string, status: string, placed: PlacedOperation): Promise<void> => {
  const producer = PRODUCERS[status];
  if (producer === undefined) return expect.fail(`nobody answers ${status}`);
  expect((await producer(exampleOf(placed))).status).toBe(Number(status));
};
const isWaitedFor = ([, status]: [string, string, PlacedOperation]): boolean => status === '408';

test.each(DECLARED.filter((each) => !isWaitedFor(each)))('%s can answer %s', async (...each) => {
  await service.postJson('/metrics/heart-rate', READING);
  await produce(...each);
});

test.concurrent.each(DECLARED.filter(isWaitedFor))('%s can answer %s', produce);
