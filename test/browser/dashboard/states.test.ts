import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PREFIX, startNodeProxy } from '../../support/proxy-process.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { openOfflinePage } from '../offline-page.ts';
import { keepScreenshot } from './screenshots.ts';
import { store } from './week.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

const reading = (user: string, device: string, timestamp: string) => ({
  user_id: user,
  device_id: device,
  timestamp,
  heart_rate: 64,
});

test('no readings are no error: where the latest is, and how to send one', async (context) => {
  await store(server, [reading('old', 'watch', '2024-01-15T10:00:00Z')]);
  const { page, outside } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/?user=nobody`);
  await page.getByRole('heading', { name: 'No readings of this user' }).waitFor();
  await keepScreenshot(page, '09-no-user');
  await page.getByLabel('User').first().fill('old');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'No readings in this range' }).waitFor();
  await keepScreenshot(page, '10-empty-range');
  await page.getByRole('button', { name: 'Show that day' }).click();
  await page.locator('#rows tr').filter({ hasText: '64.0' }).waitFor();
  expect(new URL(page.url()).searchParams.get('day')).toBe('2024-01-15');
  expect(outside).toEqual([]);
});

test('mean, least and most of a bucket have the same digits', async (context) => {
  const readings = [75.7, 76].map((heart_rate, second) => ({
    ...reading('digits', 'watch', `2024-01-15T10:00:0${second}Z`),
    heart_rate,
  }));
  await store(server, readings);
  const { page } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/?user=digits&day=2024-01-15`);
  await page.locator('#rows td').first().waitFor();
  const cells = await page.locator('#rows td').allTextContents();
  expect(cells).toEqual(['75.9', '75.7', '76.0', '2', 'watch']);
});

test('an error is shown in the words of the service', async (context) => {
  const { page } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/?user=${'x'.repeat(129)}&live=1`);
  await page.getByRole('heading', { name: 'Invalid request (400)' }).waitFor();
  await page.getByText('/query/user_id: must be 1 to 128 characters').waitFor();
  await page.getByText(/^Request id: [\w-]{36}$/).waitFor();
  await keepScreenshot(page, '11-error');
  // Nothing of it is left once there is something to show.
  await store(server, [reading('fine', 'watch', new Date().toISOString())]);
  await page.getByLabel('User').first().fill('fine');
  await page.keyboard.press('Enter');
  await page.locator('#rows tr').filter({ hasText: '64.0' }).waitFor();
  expect(await page.getByRole('heading', { name: 'Invalid request' }).count()).toBe(0);
  await page.getByText('waiting for a reading').waitFor();
});

test('a service that cannot be reached can be asked again', async (context) => {
  await store(server, [reading('again', 'watch', new Date().toISOString())]);
  const { page } = await openOfflinePage(context, server.url);
  const series = `${server.url}/metrics/heart-rate?*`;
  await page.route(series, (route) => route.abort());
  await page.goto(`${server.url}/?user=again`);
  await page.getByRole('heading', { name: 'The service cannot be reached' }).waitFor();
  await keepScreenshot(page, '12-unreachable');
  await page.unroute(series);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('#rows tr').filter({ hasText: '64.0' }).waitFor();
});

test('a live connection that is lost is said to be, and comes back', async (context) => {
  await store(server, [reading('lost', 'watch', new Date().toISOString())]);
  const { page } = await openOfflinePage(context, server.url);
  const stream = `${server.url}/metrics/heart-rate/stream?*`;
  await page.route(stream, (route) => route.fulfill({ status: 503 }));
  await page.goto(`${server.url}/?user=lost&live=1`);
  await page.getByText('connection lost, trying again').waitFor();
  await page.unroute(stream);
  await page.getByText('waiting for a reading').waitFor();
  await server.postJson('/metrics/heart-rate', {
    ...reading('lost', 'watch', new Date().toISOString()),
    heart_rate: 93,
  });
  await page.getByText('93 bpm').waitFor();
});

test('“From” and “To” go on with the latest hours, but for a field somebody is in', async (context) => {
  const { page } = await openOfflinePage(context, server.url, { timezoneId: 'UTC' });
  await page.clock.install({ time: '2024-01-15T10:00:30Z' });
  await store(server, [reading('slid', 'watch', '2024-01-15T09:30:00Z')]);
  await page.goto(`${server.url}/?user=slid&last=1h&live=1`);
  await page.getByText('waiting for a reading').waitFor();
  const from = page.getByLabel('From', { exact: true });
  const to = page.getByLabel('To', { exact: true });
  expect(await to.inputValue()).toBe('2024-01-15T10:01');
  await from.focus();
  await page.clock.runFor(60_000);
  await expect.poll(() => to.inputValue()).toBe('2024-01-15T10:02');
  expect(await from.inputValue()).toBe('2024-01-15T09:01');
  await from.blur();
  await page.clock.runFor(60_000);
  await expect.poll(() => from.inputValue()).toBe('2024-01-15T09:03');
  // What was refused stays, to be mended.
  await from.fill('2022-01-01T00:00');
  await from.blur();
  await page.clock.runFor(60_000);
  await page.getByText('9:04 AM').first().waitFor();
  expect(await from.inputValue()).toBe('2022-01-01T00:00');
});

test('ids are texts, whatever they hold', async (context) => {
  const user = '"><img src=x onerror="document.title=\'taken\'">&amp;\u202e\u{1f600}';
  const device = '<script>document.title="taken"</script>=1+1';
  await store(server, [reading(user, device, new Date().toISOString())]);
  const { page, outside, complaints } = await openOfflinePage(context, server.url);
  await page.goto(`${server.url}/?user=${encodeURIComponent(user)}&last=1h&live=1`);
  await page.locator('#rows tr').filter({ hasText: device }).waitFor();
  await server.postJson('/metrics/heart-rate', {
    ...reading(user, device, new Date().toISOString()),
    heart_rate: 99,
  });
  await page.getByText('99 bpm').waitFor();
  expect(await page.locator('#chart-title').textContent()).toBe(user);
  expect(await page.locator('#legend').textContent()).toBe(device);
  expect(await page.locator('main img, main script').count()).toBe(0);
  expect(await page.title()).toBe(`${user} · Heart rate`);
  await page.goto(server.url);
  expect(await page.locator('#known-users option').first().getAttribute('value')).toBe(user);
  expect([outside, complaints]).toEqual([[], []]);
});

/** What the address says is shown. */
const shownSpan = (page: Page): { readonly startMs: number; readonly endMs: number } => {
  const { searchParams } = new URL(page.url());
  return {
    startMs: Date.parse(searchParams.get('start') ?? ''),
    endMs: Date.parse(searchParams.get('end') ?? ''),
  };
};

test('wheels and fingers move and zoom, and what they hold stays where it is', async (context) => {
  await store(server, [reading('hands', 'watch', '2024-01-15T10:00:00Z')]);
  const { page } = await openOfflinePage(context, server.url, { hasTouch: true });
  await page.goto(`${server.url}/?user=hands&day=2024-01-15`);
  await page.locator('#rows tr').waitFor();
  const plot = await page.locator('#chart .u-over').boundingBox();
  if (plot === null) return expect.fail('the chart is not there');
  const day = { startMs: Date.UTC(2024, 0, 15), endMs: Date.UTC(2024, 0, 16) };
  const anchorMs = day.startMs + 0.25 * (day.endMs - day.startMs);
  const y = plot.y + 100;

  await page.mouse.move(plot.x + plot.width / 4, y);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -350);
  await page.keyboard.up('Control');
  await expect.poll(() => shownSpan(page).startMs).toBeGreaterThan(day.startMs);
  const wheeled = shownSpan(page);
  const lengthMs = wheeled.endMs - wheeled.startMs;
  expect(lengthMs).toBeLessThan(0.6 * (day.endMs - day.startMs));
  expect((anchorMs - wheeled.startMs) / lengthMs).toBeCloseTo(0.25, 1);

  const touches = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...xs: number[]) =>
    touches.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: xs.map((share, id) => ({ x: plot.x + share * plot.width, y, id })),
    });
  await touch('touchStart', 0.7);
  for (const x of [0.6, 0.5, 0.4]) await touch('touchMove', x);
  await touch('touchEnd');
  await expect.poll(() => shownSpan(page).startMs).toBeGreaterThan(wheeled.startMs);
  const moved = shownSpan(page);
  expect(moved.endMs - moved.startMs).toBeCloseTo(lengthMs, -2);
  await touch('touchStart', 0.4, 0.6);
  for (const by of [0.1, 0.2]) await touch('touchMove', 0.4 - by, 0.6 + by);
  await touch('touchEnd');
  await expect
    .poll(() => shownSpan(page).endMs - shownSpan(page).startMs)
    .toBeLessThan(0.6 * lengthMs);
});

test('a range that is too long is refused, and what is shown is in the address', async (context) => {
  await store(server, [reading('long', 'watch', '2024-01-15T10:00:00Z')]);
  const { page } = await openOfflinePage(context, server.url, { timezoneId: 'UTC' });
  const address = `${server.url}/?user=long&start=2024-01-15T00:00:00.000Z`;
  await page.goto(`${address}&end=2024-01-16T00:00:00.000Z`);
  await page.locator('#rows tr').filter({ hasText: '64.0' }).waitFor();
  const before = page.url();
  const problem = page.locator('#between-problem');

  await page.getByLabel('From', { exact: true }).fill('2022-01-01T00:00');
  await expect.poll(() => problem.textContent()).toContain('At most 400 days');
  await keepScreenshot(page, '13-too-long');
  // What was typed stays, so that the other field can be changed as well.
  expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2024-01-16T00:00');
  await page.getByLabel('To', { exact: true }).fill('2021-01-01T00:00');
  await expect.poll(() => problem.textContent()).toContain('must be before');
  expect(page.url()).toBe(before);
  await page.getByLabel('To', { exact: true }).fill('2022-02-01T00:00');
  await page.getByRole('heading', { name: 'No readings in this range' }).waitFor();
  expect(await problem.textContent()).toBe('');

  await page.goto(`${address}&end=2026-01-16T00:00:00.000Z`);
  await page.locator('#rows tr').filter({ hasText: '64.0' }).waitFor();
  expect(await problem.textContent()).toContain('the first of the range in the address');
  expect(shownSpan(page).endMs).toBe(Date.UTC(2024, 0, 15) + 400 * 24 * 3_600_000);
  expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2025-02-18T00:00');
  // Shorter than can be seen: it grows, and the address with it.
  await page.getByLabel('To', { exact: true }).fill('2024-01-15T00:05');
  await expect.poll(() => shownSpan(page).endMs).toBe(Date.UTC(2024, 0, 15, 0, 10));
});

test('a day is one of this time zone, of 23 hours in spring', async (context) => {
  await store(server, [reading('spring', 'watch', '2024-03-30T23:30:00Z')]);
  const { page } = await openOfflinePage(context, server.url, { timezoneId: 'Europe/Berlin' });
  const asked = page.waitForRequest((request) => request.url().includes('/metrics/heart-rate?'));
  await page.goto(`${server.url}/?user=spring&day=2024-03-31`);
  const { searchParams } = new URL((await asked).url());
  expect([searchParams.get('start'), searchParams.get('end')]).toEqual([
    '2024-03-30T23:00:00.000Z',
    '2024-03-31T22:00:00.000Z',
  ]);
  await page.locator('#rows tr').filter({ hasText: '12:30 AM' }).waitFor();
  await page.getByText('Europe/Berlin').waitFor();
  await page.getByLabel('Interval').selectOption('1d');
  await page.locator('#rows tr').filter({ hasText: 'Mar 31, 2024' }).waitFor();
});

test('below the path of a proxy all of it works as well', async (context) => {
  await store(server, [reading('far', 'watch', new Date().toISOString())]);
  const origin = await startNodeProxy(server.url);
  const { page, outside, complaints } = await openOfflinePage(context, origin);
  await page.goto(`${origin}${PREFIX}?user=far&live=1`);
  await page.locator('#rows tr').filter({ hasText: '64.0' }).waitFor();
  await page.getByText('waiting for a reading').waitFor();
  await page.getByRole('link', { name: 'API docs' }).click();
  await page.waitForURL(`${origin}${PREFIX}docs`);
  expect([outside, complaints]).toEqual([[], []]);
});
