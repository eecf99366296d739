import { afterAll, beforeAll, expect, test } from 'vitest';
import { operationsOf } from '../../../src/openapi/spec-document.ts';
import { contract } from '../../support/contract.ts';
import { exampleOf } from '../../support/example-request.ts';
import { ORIGIN, openTestService, READING, type TestService } from '../../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
  await service.postJson('/metrics/heart-rate', READING);
});
afterAll(() => service.close());

const SUCCESSES = operationsOf(contract).map((placed) => exampleOf(placed));
const ERRORS = [
  new Request(`${ORIGIN}/nowhere`),
  new Request(`${ORIGIN}/devices`, { method: 'PUT' }),
  new Request(`${ORIGIN}/devices?a=1`),
  new Request(`${ORIGIN}/metrics/heart-rate`, { method: 'POST', body: 'a', headers: {} }),
];

/** What may be kept, by path. */
const SAME_FOR_EVERYBODY: Readonly<Record<string, string>> = {
  '/': 'no-cache',
  '/docs/scalar.js': 'public, max-age=3600',
};

test.each([...SUCCESSES, ...ERRORS].map((request) => [request.method, request.url, request]))(
  '%s %s: the response is not to be kept or guessed at, and has the id of its request',
  async (_method, _url, request) => {
    const sent = new Request(request, { headers: [...request.headers, ['X-Request-Id', 'abc-1']] });
    const { headers } = await service.fetch(sent);
    expect(headers.get('x-request-id')).toBe('abc-1');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const { pathname } = new URL(sent.url);
    expect(headers.get('cache-control')).toBe(SAME_FOR_EVERYBODY[pathname] ?? 'no-store');
  },
);
