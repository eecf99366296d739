import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestService, type TestService } from '../../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());

const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

test('the YAML is the file, byte for byte', async () => {
  const answer = await service.get('/openapi.yaml');
  const file = await readFile(new URL('../../../openapi.yaml', import.meta.url), 'utf8');
  expect(await answer.text()).toBe(file);
});

interface Described {
  readonly info: { readonly description: string };
  readonly servers: readonly object[];
}

test('the page has a document of its own: the contract, with the guides in its description', async () => {
  const read = async (path: string) => (await (await service.get(path)).json()) as Described;
  const [contract, shown] = [await read('/openapi.json'), await read('/docs/openapi.json')];
  const { description } = shown.info;
  expect(description).toMatch(/^# Introduction\n[\s\S]*\n# Quick start\n[\s\S]*\n# Rules\n/);
  const [server, ...others] = contract.servers;
  expect(shown).toEqual({
    ...contract,
    info: { ...contract.info, description },
    servers: [{ ...server, url: '..' }, ...others],
  });
});

test('the page may load nothing from elsewhere, and run one inline script, its own', async () => {
  const answer = await service.get('/docs');
  const policy = answer.headers.get('content-security-policy') ?? '';
  const sources = new Map(
    policy.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]),
  );
  expect(sources.get('default-src')).toEqual(["'none'"]);
  const html = await answer.text();
  const [inline, ...others] = [...html.matchAll(/<script[^>]*>([^<]+)<\/script>/g)];
  expect(others).toEqual([]);
  const hash = createHash('sha256')
    .update(inline?.[1] ?? '')
    .digest('base64');
  expect(sources.get('script-src')).toEqual(["'self'", `'sha256-${hash}'`]);
  expect(sources.get('connect-src')).toEqual(["'self'"]);
  expect(policy).not.toMatch(/https?:|unsafe-eval|\*/);
  expect(html).not.toMatch(/https?:\/\//);
});

test('the script is served compressed, plain, or not at all when it is known', async () => {
  const plain = await service.get('/docs/scalar.js');
  const compressed = await service.get('/docs/scalar.js', { 'accept-encoding': 'br, gzip' });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(compressed.headers.get('content-encoding')).toBe('gzip');
  expect(compressed.headers.get('cache-control')).toMatch(/max-age=\d+/);
  expect(compressed.headers.get('vary')).toBe('Accept-Encoding');
  const script = await bytesOf(plain);
  const packed = await bytesOf(compressed);
  expect(gunzipSync(packed).equals(script)).toBe(true);
  expect(packed.length).toBeLessThan(script.length / 3);

  const etag = compressed.headers.get('etag') ?? '';
  const known = await service.get('/docs/scalar.js', { 'if-none-match': etag });
  expect([known.status, await known.text()]).toEqual([304, '']);
});

test('what is served is not to be guessed at, and not to be kept', async () => {
  for (const path of ['/docs', '/openapi.yaml', '/livez', '/nope']) {
    const answer = await service.get(path);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
});
