import { afterAll, beforeAll, expect, test } from 'vitest';
import { dashboardAssets } from '../../support/dashboard-assets.ts';
import { openTestService, type TestService } from '../../support/test-service.ts';

let service: TestService;
let names: readonly string[];
beforeAll(async () => {
  service = await openTestService();
  names = await dashboardAssets(service);
});
afterAll(() => service.close());

test('the page may load nothing from elsewhere and holds nothing inline', async () => {
  const answer = await service.get('/?user=a&utm_source=mail');
  expect(answer.headers.get('content-security-policy')?.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  const html = await answer.text();
  expect(html).not.toMatch(
    /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|https?:\/\/|src="\//,
  );
});

test('the page is asked for each time, and not sent when it is known', async () => {
  const answer = await service.get('/');
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  const etag = answer.headers.get('etag') ?? '';
  const known = await service.get('/', { 'if-none-match': etag });
  expect([known.status, await known.text()]).toEqual([304, '']);
  expect(known.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await service.get('/', { 'if-none-match': 'W/"other"' })).status).toBe(200);
});

test('what the page loads is kept for good, since its name changes with its content', async () => {
  expect(names.map((name) => name.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg']);
  for (const name of names) {
    expect(name).toMatch(/^[a-z]+-[\w-]{8}\.[a-z]+$/);
    const answer = await service.get(`/assets/${name}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('scripts are compressed for those who ask', async () => {
  const script = names.find((name) => name.endsWith('.js'));
  const plain = await service.get(`/assets/${script}`);
  const compressed = await service.get(`/assets/${script}`, { 'accept-encoding': 'gzip' });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(compressed.headers.get('content-encoding')).toBe('gzip');
});

test.each([
  '/assets/nope.js',
  '/assets/',
  '/assets',
  '/assets/%2e%2e%2findex.html',
  '/assets/..%2f..%2fpackage.json',
  '/assets/..%5cindex.html',
  '/assets/a/b.js',
  '/assets/__proto__',
  '/index.html',
])('there is no %s', async (path) => {
  const answer = await service.get(path);
  expect(await answer.json()).toMatchObject({ type: 'urn:problem:heart-rate:no-such-path' });
});
