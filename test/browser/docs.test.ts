import { afterAll, beforeAll, expect, test } from 'vitest';
import { GUIDES, readGuide } from '../../src/http/guides/guides.ts';
import type { Operation } from '../../src/openapi/spec-document.ts';
import { contract } from '../support/contract.ts';
import { PREFIX, startNodeProxy } from '../support/proxy-process.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { openOfflinePage } from './offline-page.ts';
import { sendFromDocs } from './send-from-docs.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

const operations: Operation[] = Object.values(contract.paths).flatMap((item) =>
  Object.values(item),
);

test.for<[string, () => Promise<string>]>([
  ['', async () => `${server.url}/`],
  [' below the path of a proxy', async () => `${await startNodeProxy(server.url)}${PREFIX}`],
])(
  'a browser without internet shows every operation and sends one%s',
  {
    timeout: 120_000,
  },
  async ([, startProxy], context) => {
    const base = await startProxy();
    const stored = server.service.stored();
    const { page, outside, complaints } = await openOfflinePage(context, new URL(base).origin);
    await page.goto(`${base}docs`);
    for (const { summary } of operations) {
      await page.getByRole('heading', { name: summary, exact: true }).first().waitFor();
    }

    const sidebar = page.getByRole('navigation');
    for (const name of GUIDES) {
      const [, title = ''] = /^# (.*)/.exec(readGuide(name)) ?? [];
      await sidebar.getByRole('button', { name: title, exact: true }).click();
      await page.getByRole('heading', { name: title, exact: true }).first().waitFor();
      await page.waitForURL(`**/docs#*description/${name}`);
    }

    await sendFromDocs(page, base);

    expect(server.service.stored()).toBe(stored + 1);
    expect(outside).toEqual([]);
    expect(complaints).toEqual([]);
  },
);
