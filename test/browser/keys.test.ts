import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { keysOf, testKey } from '../support/test-keys.ts';
import { openTestServer } from '../support/test-server.ts';
import { JSON_TYPE, READING } from '../support/test-service.ts';
import { openOfflinePage } from './offline-page.ts';

const ROOT = new URL('../../', import.meta.url);
const key = testKey({ user_prefixes: ['user_'] });
const HEADERS = { ...JSON_TYPE, authorization: `Bearer ${key.token}` };

const openServer = async (corsOrigins: readonly string[] = []) => {
  const server = await openTestServer({ keys: keysOf(key), corsOrigins });
  onTestFinished(() => server.close());
  return server;
};

/** An application of another origin, whose page reports what its client was answered. */
const openApplication = async () => {
  const application = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (pathname !== '/') {
      const script = await readFile(new URL(`.${pathname}`, ROOT));
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>
      <link rel="icon" href="data:,">
      <script type="importmap">
        { "imports": { "openapi-fetch": "/node_modules/openapi-fetch/dist/index.mjs" } }
      </script>
      <script type="module">
        import { createHeartRateClient } from '/client/dist/index.js';
        const reading = ${JSON.stringify(READING)};
        const baseUrl = ${JSON.stringify(searchParams.get('service'))};
        const retry = { attempts: 1 };
        const client = createHeartRateClient({
          baseUrl,
          retry,
          headers: { Authorization: 'Bearer ${key.token}' },
        });
        const report = async () => {
          const without = createHeartRateClient({ baseUrl, retry });
          const refused = await without.devices().catch((error) => error);
          const events = [];
          for await (const event of client.follow({ user_id: reading.user_id })) {
            events.push(event.type);
            if (event.type !== 'open') break;
            await client.ingest(reading);
          }
          const latest = await client.latest({ user_id: reading.user_id });
          const erased = await client.erase({ user_id: reading.user_id });
          return { refused: refused.problem.status, hasId: refused.requestId !== undefined, events, latest, erased };
        };
        window.report = await report().catch((error) => ({ failed: String(error) }));
      </script>`);
  }).listen(0, '127.0.0.1');
  await once(application, 'listening');
  onTestFinished(() => {
    application.closeAllConnections();
    application.close();
  });
  return `http://127.0.0.1:${(application.address() as AddressInfo).port}`;
};

test('a page of another origin works with the client and a key, where it is allowed', {
  timeout: 120_000,
}, async (context) => {
  await promisify(execFile)('npm', ['run', 'build', '-w', 'client'], { cwd: fileURLToPath(ROOT) });
  const origin = await openApplication();
  const [server, closed] = [await openServer([origin]), await openServer()];
  const reportOf = async (service: string) => {
    const { page } = await openOfflinePage(context, origin);
    await page.route(`${service}/**`, (route) => route.continue());
    await page.goto(`${origin}/?service=${encodeURIComponent(service)}`);
    const report = await page.waitForFunction(() => (globalThis as { report?: unknown }).report);
    return report.jsonValue();
  };
  expect(await reportOf(server.url)).toEqual({
    refused: 401,
    hasId: true,
    events: ['open', 'reading'],
    latest: READING,
    erased: 1,
  });
  expect(await reportOf(closed.url)).toEqual({
    failed: expect.stringMatching(/^HeartRateConnectionError: /),
  });
});

test('the documentation lets one enter a key, and sends it', {
  timeout: 120_000,
}, async (context) => {
  const server = await openServer();
  const { page, outside, complaints } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/docs`);
  const tryIt = page.getByRole('button', { name: /Test Request.*get \/devices\)/ });
  await tryIt.first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByPlaceholder('Token').filter({ visible: true }).first().fill(key.token);
  const answered = page.waitForResponse((response) => response.url().endsWith('/devices'));
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /request to/i })
    .click();
  expect((await answered).status()).toBe(200);
  expect([outside, complaints]).toEqual([[], []]);
});

test('the dashboard asks for a key, and keeps it for its tab', {
  timeout: 60_000,
}, async (context) => {
  const server = await openServer();
  const now = { ...READING, timestamp: new Date().toISOString() };
  await server.post('/metrics/heart-rate', JSON.stringify(now), HEADERS);
  const { page } = await openOfflinePage(context, server.url);
  const field = page.getByLabel('API key');
  await page.goto(`${server.url}/`);
  expect(await field.isVisible()).toBe(false);
  // A reading is sent in vain as well: the field that the words point to is there.
  await page.getByRole('button', { name: 'Send a test reading' }).first().click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  // Which takes no input before the dialog is closed.
  await page
    .getByText(
      'Unauthorized (401). The service asks for a key. Close this, type yours into “API key” above',
    )
    .waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  expect(await field.isVisible()).toBe(true);
  await page.goto(`${server.url}/?user=user_123&live=1`);
  await page.getByRole('heading', { name: 'Unauthorized (401)' }).waitFor();
  const notice = page.locator('#notice-text');
  await notice.getByText('The service asks for a key. Type yours into “API key” above').waitFor();
  await field.fill(`${key.token}x`);
  await page.keyboard.press('Enter');
  await notice.getByText('The API key is not valid. Type another into “API key”').waitFor();
  await field.fill(key.token);
  await page.keyboard.press('Enter');
  const row = page.locator('#rows tr').filter({ hasText: '75.0' });
  await row.waitFor();
  await page.reload();
  await row.waitFor();
  // Live, by the stream.
  const live = { ...now, timestamp: new Date().toISOString(), heart_rate: 99 };
  await page.getByText('waiting for a reading').waitFor();
  await server.post('/metrics/heart-rate', JSON.stringify(live), HEADERS);
  await page.locator('#now-bpm').filter({ hasText: '99' }).waitFor();
  // Nothing of it is left for others who use the browser.
  expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(key.token);
});
