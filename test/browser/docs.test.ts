import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ListeningServer, listen } from '../../src/http/server.ts';
import type { Operation } from '../../src/openapi/spec-document.ts';
import { contract } from '../support/contract.ts';
import { openTestService, type TestService } from '../support/test-service.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

let service: TestService;
let server: ListeningServer;
beforeAll(async () => {
  service = await openTestService();
  server = await listen(service.app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await service.close();
});

const operations: Operation[] = Object.values(contract.paths).flatMap((item) =>
  Object.values(item),
);

test.skipIf(!existsSync(CHROMIUM))(
  'a browser without internet shows every operation and sends one',
  async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    const page = await browser.newPage();
    const outside: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !url.startsWith('data:')) outside.push(url);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    try {
      await page.goto(`${server.url}/docs`);
      for (const { summary } of operations) {
        await page.getByRole('heading', { name: summary, exact: true }).first().waitFor();
      }
      const tryIt = page.getByRole('button', {
        name: /Test Request.*post \/metrics\/heart-rate\)/,
      });
      await tryIt.first().click();
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /request to/i })
        .click();
      const answer = await answered;
      expect([answer.url(), answer.status()]).toEqual([`${server.url}/metrics/heart-rate`, 200]);
      await page.getByRole('dialog').getByText('200').first().waitFor();
    } finally {
      await browser.close();
    }
    expect(service.stored()).toBe(1);
    expect(outside).toEqual([]);
    expect(complaints).toEqual([]);
  },
);
