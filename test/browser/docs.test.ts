import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Operation } from '../../src/openapi/spec-document.ts';
import { contract } from '../support/contract.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { openOfflinePage } from './offline-page.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

const operations: Operation[] = Object.values(contract.paths).flatMap((item) =>
  Object.values(item),
);

test('a browser without internet shows every operation and sends one', {
  timeout: 120_000,
}, async (context) => {
  const { page, outside, complaints } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/docs`);
  for (const { summary } of operations) {
    await page.getByRole('heading', { name: summary, exact: true }).first().waitFor();
  }

  const tryIt = page.getByRole('button', { name: /Test Request.*post \/metrics\/heart-rate\)/ });
  await tryIt.first().click();
  const dialog = page.getByRole('dialog');
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await dialog.getByRole('button', { name: /request to/i }).click();
  const answer = await answered;
  expect([answer.url(), answer.status()]).toEqual([`${server.url}/metrics/heart-rate`, 200]);
  await dialog.getByText('200 OK').waitFor();
  await dialog.getByText('"accepted"').first().waitFor();

  expect(server.service.stored()).toBe(1);
  expect(outside).toEqual([]);
  expect(complaints).toEqual([]);
});
