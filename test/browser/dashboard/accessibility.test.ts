import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { openOfflinePage } from '../offline-page.ts';
import { store, weekOf } from './week.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  await store(server, weekOf('ana', Date.now()));
});
afterAll(() => server.close());

/** What axe-core holds against the page as it is, each with the elements. */
const issues = async (page: Page): Promise<string[]> => {
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
};

test.for(['light', 'dark'] as const)(
  'axe-core finds nothing wrong with any state, %s',
  async (colorScheme, context) => {
    const { page } = await openOfflinePage(context, server.url, { colorScheme });
    const open = async (search: string, heading: string): Promise<void> => {
      await page.goto(`${server.url}/${search}`);
      await page.getByRole('heading', { name: heading }).waitFor();
      // By its protocol: a script element would break the page's policy.
      await page.evaluate(axe.source);
    };
    await open('', 'Whose heart rate?');
    expect(await issues(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send a test reading' }).first().click();
    expect(await issues(page)).toEqual([]);
    await open('?user=nobody', 'No readings of this user');
    expect(await issues(page)).toEqual([]);
    await open(`?user=${'x'.repeat(129)}`, 'Invalid request (400)');
    expect(await issues(page)).toEqual([]);
    await open('?user=ana&last=24h&live=1', 'Devices');
    await page.getByRole('button', { name: 'Edit limits' }).click();
    expect(await issues(page)).toEqual([]);
  },
);

test('all is reached by the keyboard, and what happens is said', async (context) => {
  const { page } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/?user=ana&last=24h`);
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
  const status = await page.getByRole('status').textContent();
  expect(status).toMatch(
    /^Chart of .*: [\d,]+ values of 1 minute, mean [\d.]+, from [\d.]+ to [\d.]+ beats/,
  );
  const reached: string[] = [];
  for (let press = 0; press < 40 && reached.at(-1) !== 'csv'; press++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate('document.activeElement.id'));
  }
  for (const id of [
    'open-test-reading',
    'theme',
    'user',
    'day',
    'from',
    'to',
    'interval',
    'live',
  ]) {
    expect(reached).toContain(id);
  }
  expect(reached).toContain('chart');
  expect(reached.at(-1)).toBe('csv');
});
