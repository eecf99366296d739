import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Reading } from '../../../client/src/index.ts';
import { json, type Step, startScriptedServer } from '../../support/scripted-server.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
// Each test starts processes, which takes its time on a machine that has other things to do.
vi.setConfig({ testTimeout: 120_000 });

const UNTIL = ['--until', '2024-03-01T17:00:00Z'];

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

/** Runs the command as `npm run generate-data -- …` does; without limit of pace. */
const generateData = (url: string, ...args: readonly string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const command = [
      '--import',
      'tsx',
      'src/cli/main.ts',
      'generate-data',
      '--url',
      url,
      '--rate',
      '0',
    ];
    execFile(process.execPath, [...command, ...args], { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

test('all is read back equal, also when the very same data is sent again', async () => {
  const args = ['--count', '300', '--users', '3', '--devices', '4', '--seed', '42', ...UNTIL];
  const first = await generateData(server.url, ...args);
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('Accepted    300 of 300 readings');
  expect(first.stdout).toContain('equal to what was sent');
  expect(first.stdout).toMatch(/Query {7}p50 \d+\.\d ms, p99 \d+\.\d ms; 3 users, \d+ rows/);
  expect(first.stderr).toContain('300/300 readings');

  const again = first.stdout.split('The same again: npm run generate-data -- ')[1]?.trim() ?? '';
  const second = await generateData(server.url, ...again.split(' '));
  expect(second).toMatchObject({ code: 0 });
  const rows = (text: string) => /\d+ users, [\d,]+ rows/.exec(text)?.[0];
  expect(rows(second.stdout)).toBe(rows(first.stdout));
});

test('a service that loses a correction is found out', async () => {
  // Passes everything on but the second value of an identity, which it only claims to have taken.
  const seen = new Set<string>();
  const lossy: Step = (response, request) => {
    const { url = '', method = 'GET' } = request;
    const body = received.received.at(-1)?.body ?? '';
    if (method === 'POST' && !url.endsWith('/batch')) {
      const { user_id, device_id, timestamp } = JSON.parse(body) as Reading;
      const identity = JSON.stringify([user_id, device_id, Date.parse(timestamp)]);
      if (seen.has(identity)) return json(200, { status: 'accepted' })(response, request);
      seen.add(identity);
    }
    const headers = { 'content-type': 'application/json' };
    const init = method === 'POST' ? { method, body, headers } : { method };
    fetch(`${server.url}${url}`, init)
      .then(async (answer) => json(answer.status, await answer.json())(response, request))
      .catch((error: Error) => response.destroy(error));
  };
  const received = await startScriptedServer(lossy);
  const { code, stdout } = await generateData(received.baseUrl, '--count', '400', ...UNTIL);
  expect(code).toBe(1);
  expect(stdout).toContain('Read back   DIFFERENT');
  expect(stdout).toContain('Errors      0');
  expect(stdout).toMatch(/demo-1-\w+-user-\d, by day, 2024-\S+: sent \S+ of device_\w, got/);
});

const NOTHING = { type: 'urn:problem:heart-rate:no-readings', title: 'No readings', status: 404 };

test('refused readings are errors', async () => {
  const problem = { type: 'about:blank', title: 'Bad Request', status: 400 };
  const refuse: Step = (response, request) =>
    request.method === 'POST'
      ? json(400, problem)(response, request)
      : request.url === '/devices'
        ? json(200, { devices: [], prefixes: [] })(response, request)
        : json(404, NOTHING)(response, request);
  const { baseUrl } = await startScriptedServer(refuse);
  const { code, stdout } = await generateData(baseUrl, '--count', '20', ...UNTIL);
  expect(code).toBe(1);
  expect(stdout).toContain('Errors      20');
  expect(stdout).toContain('HeartRateApiError: 400 Bad Request\n');
  expect(stdout).toContain('and 10 more');
});

test('nobody there: one line, exit code 1', async () => {
  const { code, stdout, stderr } = await generateData('http://127.0.0.1:1');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^No response in 5 attempts: .+\n$/);
});

test('a mistake on the command line: what it is and how to do it, exit code 2', async () => {
  const { code, stdout, stderr } = await generateData(server.url, '--count', 'many');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^error: option '--count <n>' argument 'many' is invalid\. It must be .+\n/,
  );
});
