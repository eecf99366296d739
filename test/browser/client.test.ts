import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { openOfflinePage } from './offline-page.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const buildClient = () =>
  promisify(execFile)('npm', ['run', 'build', '-w', 'client'], { cwd: file('.') });

const RUNNER = {
  user_id: 'runner',
  device_id: 'device_a',
  timestamp: '2024-01-15T10:00:00Z',
  heart_rate: 75,
};

/** The page of an application of the same origin; what it reports is what its client answers. */
const PAGE = `<!doctype html>
<link rel="icon" href="data:,">
<script type="importmap">
  { "imports": {
    "heart-rate-metrics-client": "/app/client/dist/index.js",
    "heart-rate-metrics-client/queue": "/app/client/dist/queue.js",
    "heart-rate-metrics-client/indexed-db-store": "/app/client/dist/indexed-db-store.js",
    "openapi-fetch": "/app/node_modules/openapi-fetch/dist/index.mjs"
  } }
</script>
<script type="module">
  import { createHeartRateClient, HeartRateApiError } from 'heart-rate-metrics-client';

  import { createReadingQueue } from 'heart-rate-metrics-client/queue';
  import { indexedDbStore } from 'heart-rate-metrics-client/indexed-db-store';

  const client = createHeartRateClient({ baseUrl: location.origin });
  const reading = { user_id: 'browser', device_id: 'device_a', heart_rate: 75 };
  await client.ingest({ ...reading, timestamp: '2024-01-15T10:00:00Z' });
  await client.ingestBatch([{ ...reading, timestamp: '2024-01-15T12:01:00+02:00' }]);
  const day = { start: '2024-01-15T02:00:00+02:00', end: '2024-01-16T02:00:00+02:00' };
  const series = await client.query({ user_id: 'browser', ...day });
  const none = await client.query({ user_id: 'nobody', ...day });
  const refusal = await client.ingest({ ...reading, timestamp: 'now' }).catch((error) => error);
  const left = new AbortController();
  left.abort('left the page');
  const aborted = await client.devices({ signal: left.signal }).catch((reason) => reason);
  const live = [];
  const runner = ${JSON.stringify(RUNNER)};
  for await (const event of client.follow({ user_id: 'runner' })) {
    live.push(event);
    if (event.type === 'open') await client.ingest(runner);
    else break;
  }
  const cut = { ingestBatch: () => Promise.reject(new Error('no network')) };
  const walk = { ...runner, user_id: 'walker' };
  const openQueue = (sender) =>
    createReadingQueue(sender, { onError: () => {}, store: indexedDbStore('walk') });
  const queue = openQueue(cut);
  await queue.add([70, 71, 72].map((second) => ({ ...walk, heart_rate: second })));
  await queue.add({ ...walk, timestamp: new Date('2024-01-15T10:01:00Z'), heart_rate: 80 });
  const unsent = await queue.close().catch((error) => error.message);
  const next = openQueue(client);
  await next.close();
  const walked = await client.query({ user_id: 'walker', ...day });
  const emptied = openQueue(cut);
  await emptied.close();
  const queued = { unsent, rates: walked.data.map((row) => row.heart_rate) };
  const isTyped = refusal instanceof HeartRateApiError;
  const { pointer } = refusal.problem.errors[0];
  window.report = { series, none, isTyped, pointer, aborted, live, queued };
</script>`;

/** Serves the page and the built modules from the origin of the service. */
const serveApplication = async (page: Page): Promise<void> => {
  await page.route(`${server.url}/app/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/app/') return route.fulfill({ contentType: 'text/html', body: PAGE });
    return route.fulfill({
      contentType: 'text/javascript',
      path: file(pathname.slice('/app/'.length)),
    });
  });
};

test('the built client runs in a browser as it is', { timeout: 120_000 }, async (context) => {
  const { page, outside, complaints } = await openOfflinePage(context, server.url);
  await buildClient();
  await serveApplication(page);
  await page.goto(`${server.url}/app/`);
  const report = await page.waitForFunction(() => (globalThis as { report?: unknown }).report);
  const row = { heart_rate: 75, device_id: 'device_a' };
  expect(await report.jsonValue()).toEqual({
    series: {
      user_id: 'browser',
      data: [
        { timestamp: '2024-01-15T10:00:00Z', ...row },
        { timestamp: '2024-01-15T10:01:00Z', ...row },
      ],
      count: 2,
    },
    none: null,
    isTyped: true,
    pointer: '/timestamp',
    aborted: 'left the page',
    // The last value of an instant wins, so the order was kept; all were gone from the third queue.
    queued: { unsent: 'no network', rates: [72, 80] },
    live: [{ type: 'open' }, { type: 'reading', reading: RUNNER }],
  });
  expect(outside).toEqual([]);
  // To leave the loop closed the connection.
  await expect.poll(() => server.service.live.streams).toBe(0);
  // The browser itself notes the two answers that are errors; nothing else went wrong.
  expect(complaints).toEqual([expect.stringContaining('404'), expect.stringContaining('400')]);
});
