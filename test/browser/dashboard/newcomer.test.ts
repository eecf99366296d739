import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Series } from '../../../client/src/index.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { openOfflinePage } from '../offline-page.ts';
import { bodyRows, isDrawn, sendTestReading } from './on-the-dashboard.ts';
import { keepScreenshot } from './screenshots.ts';
import { store, weekOf } from './week.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

test('a newcomer sends a reading, sees it, and follows further ones', async (context) => {
  const { page, outside, complaints } = await openOfflinePage(context, server.url);
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'Whose heart rate?' }).waitFor();
  await keepScreenshot(page, '01-welcome');
  expect(await page.getByRole('status').textContent()).toMatch(
    /^Whose heart rate\? Type a user id/,
  );

  await sendTestReading(page, '300');
  await page.getByText('/heart_rate: must be at most 220').waitFor();
  await keepScreenshot(page, '02-refused');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Heart rate').fill('72');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { name: 'me', exact: true }).waitFor();
  await bodyRows(page).filter({ hasText: '72.0' }).filter({ hasText: 'test-device' }).waitFor();
  await page.getByText('1 reading,').waitFor();
  await keepScreenshot(page, '03-first-reading');
  expect(server.service.stored()).toBe(1);

  const lag = page.getByText('within 5 seconds');
  expect(await lag.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Live' }).click();
  await lag.waitFor();
  await page.getByText('waiting for a reading').waitFor();
  await server.postJson('/metrics/heart-rate', {
    user_id: 'me',
    device_id: 'watch',
    timestamp: new Date().toISOString(),
    heart_rate: 81,
  });
  await page.getByText('81 bpm').waitFor();
  // … and what it changes in the buckets: its row, and the legend.
  await bodyRows(page).filter({ hasText: '81' }).first().waitFor();
  await page.locator('#legend').getByText('watch', { exact: true }).waitFor();
  await keepScreenshot(page, '04-live');
  expect(new URL(page.url()).searchParams.get('live')).toBe('1');
  // The browser itself notes the answer that is an error; nothing else went wrong.
  expect([outside, complaints]).toEqual([[], [expect.stringContaining('400')]]);
});

test('what is shown is moved, zoomed, kept in the address, and taken away as CSV', async (context) => {
  const now = Date.now();
  await store(server, weekOf('ana', now));
  const { page, outside, complaints } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/?user=ana&last=7d`);
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
  await expect.poll(() => page.getByLabel('Interval').inputValue()).toBe('auto');
  await page.getByText('· 15 minutes').waitFor();
  await keepScreenshot(page, '05-week');

  const chart = page.locator('#chart');
  await chart.focus();
  for (let press = 0; press < 4; press++) await page.keyboard.press('+');
  await page.getByText('· 1 minute', { exact: false }).first().waitFor();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => new URL(page.url()).searchParams.has('start')).toBe(true);
  await expect.poll(() => page.locator('#chart-card').getAttribute('aria-busy')).toBe('false');
  const box = await chart.boundingBox();
  if (box === null) return expect.fail('the chart is not there');
  await page.mouse.move(box.x + 500, box.y + 120);
  await page.locator('#tip').waitFor();
  await keepScreenshot(page, '06-zoomed');

  const zoomed = page.url();
  await page.reload();
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
  expect(page.url()).toBe(zoomed);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const csv = await readFile(await (await downloading).path(), 'utf8');
  const [header, ...lines] = csv.trimEnd().split('\r\n');
  expect(header).toBe('timestamp,heart_rate,min,max,readings,device_id');
  const { start = '', end = '' } = Object.fromEntries(new URL(zoomed).searchParams);
  const query = new URLSearchParams({ user_id: 'ana', start, end });
  const answer = await server.get(`/metrics/heart-rate?${query}`);
  const { data } = (await answer.json()) as Series;
  expect(lines.map((line) => Number(line.split(',')[1]))).toEqual(
    data.map(({ heart_rate }) => heart_rate),
  );

  await page.goBack();
  await page.getByText('· 15 minutes').waitFor();
  expect(new URL(page.url()).searchParams.get('last')).toBe('7d');

  // A drag over a part of the chart shows that part.
  await page.mouse.move(box.x + 300, box.y + 120);
  await page.mouse.down();
  await page.mouse.move(box.x + 400, box.y + 120, { steps: 4 });
  await page.mouse.up();
  await page.getByText('· 1 minute', { exact: false }).first().waitFor();
  expect([outside, complaints]).toEqual([[], []]);
});

test('colours, zones and users are kept in this browser, and a phone shows all', async (context) => {
  await store(server, weekOf('ben', Date.now()));
  const { page, outside, complaints } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/?user=ben&last=24h`);
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
  const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  await page.getByLabel('Theme').selectOption('dark');
  expect(await background()).not.toBe(light);
  await keepScreenshot(page, '07-dark');

  await page.getByRole('button', { name: 'Edit limits' }).click();
  await page.getByLabel('Zone 1 from').fill('200');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('each larger than the one before').waitFor();
  await page.getByLabel('Zone 1 from').fill('60');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('60 to under 114').waitFor();

  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(server.url);
  await page.getByRole('button', { name: 'ben' }).click();
  await page.getByText('60 to under 114').waitFor();
  expect(await background()).not.toBe(light);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  const topOf = async (name: string) => (await page.getByRole('button', { name }).boundingBox())?.y;
  expect(await topOf('Previous')).toBe(await topOf('Next'));
  // The grid of the other theme: a canvas keeps the colours that it was drawn with.
  expect(await page.evaluate(isDrawn([233, 236, 240]))).toBe(false);
  expect(await page.evaluate(isDrawn([35, 42, 50]))).toBe(true);
  await keepScreenshot(page, '08-phone');
  expect([outside, complaints]).toEqual([[], []]);
});
