import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHeartRateClient } from '../../../client/src/index.ts';
import { hasNginx, PREFIX, startNginx, startNodeProxy } from '../../support/proxy-process.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { READING } from '../../support/test-service.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

/** A page as a browser reads it: what it refers to. */
const openPage = async (url: string) => {
  const page = await fetch(url);
  const html = await page.text();
  const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(html) ?? [];
  const [, spec = ''] = /"url": ?"([^"]+)"/.exec(html) ?? [];
  return { script: new URL(script, page.url), spec: new URL(spec, page.url) };
};

const worksBelow = async (base: string): Promise<void> => {
  const dashboard = await openPage(base);
  expect(dashboard.script.href).toMatch(`${base}assets/`);
  expect((await fetch(dashboard.script)).status).toBe(200);
  const page = await openPage(`${base}docs`);
  expect(page.script.href).toBe(`${base}docs/scalar.js`);
  expect(page.spec.href).toBe(`${base}docs/openapi.json`);
  expect((await fetch(page.script)).headers.get('content-type')).toMatch(/^text\/javascript/);
  const { servers } = (await (await fetch(page.spec)).json()) as { servers: { url: string }[] };
  expect(new URL(servers[0]?.url ?? '', page.spec).href).toBe(base);

  const client = createHeartRateClient({ baseUrl: base });
  await client.ingest(READING);
  const range = { start: '2024-01-15T00:00:00Z', end: '2024-01-16T00:00:00Z' };
  expect(await client.query({ user_id: READING.user_id, ...range })).toMatchObject({ count: 1 });
  expect((await fetch(`${base}readyz`)).status).toBe(200);
};

test('without a proxy', () => worksBelow(`${server.url}/`));

test('below a path of a proxy', async () => {
  await worksBelow(`${await startNodeProxy(server.url)}${PREFIX}`);
});

test('below a path of nginx', async ({ skip }) => {
  if (!hasNginx()) {
    const why = 'There is no nginx; NGINX_PATH may name one.';
    console.warn(why); // the default reporter keeps a skipped test's note to itself
    skip(why);
  }
  await worksBelow(`${await startNginx(server.url)}${PREFIX}`);
});
