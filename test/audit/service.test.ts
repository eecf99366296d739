import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { packageFileUrl } from '../../src/package-file.ts';
import { linesOf } from '../support/audit.ts';
import { until } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { READING } from '../support/test-service.ts';

/** The built service as a process, which can be killed. */
const MAIN = fileURLToPath(packageFileUrl('dist/src/main.js'));

const begin = (folder: string, auditFile: string): ChildProcess => {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      AUDIT_FILE: auditFile,
      AUDIT_MAX_BYTES: '65536',
      AUDIT_FILES: '1000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

const urlOf = async (child: ChildProcess): Promise<string> => {
  let url = '';
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const logged: { msg: string; url?: string } = JSON.parse(line);
    url = logged.url ?? url;
    if (logged.msg === 'ready') break;
  }
  child.stdout?.resume();
  return url;
};

const TORN = '{"time":"20';
const SERIES = '/metrics/heart-rate?start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z&user_id=';

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  const closed = once(child, 'close');
  child.kill(signal);
  return (await closed)[0];
};

test.each(['SIGTERM', 'SIGKILL'] as const)(
  '%s: whoever got an answer is in the log, across files, and the next start goes on',
  async (signal) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'audit.jsonl');
    const child = begin(folder, path);
    const url = await urlOf(child);
    const answered: string[] = [];
    const asking = Array.from({ length: 8 }, async (_, client) => {
      for (let round = 0; ; round++) {
        const user = `user-${client}-${round}`;
        const answer = await fetch(url + SERIES + user).catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status === 404) answered.push(user);
      }
    });
    // More than one file of them.
    while (answered.length < 400) await sleep(10);
    await end(child, signal);
    await Promise.all(asking);

    if (signal === 'SIGKILL') await appendFile(path, TORN);
    const next = begin(folder, path);
    await fetch(`${await urlOf(next)}${SERIES}last`);
    expect(await end(next, 'SIGTERM')).toBe(0);
    const lines = await linesOf(path, 1_000, TORN);
    const told = lines.map(({ user_id }) => user_id);
    expect(answered.filter((user) => !told.includes(user))).toEqual([]);
    expect(told.at(-1)).toBe('last');
  },
);

test('while it cannot be written the service says that it is degraded, and why', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'audit.jsonl');
  const url = await urlOf(begin(folder, path));
  rmSync(path);
  mkdirSync(path);
  await until('it is found out', async () => (await fetch(`${url + SERIES}ann`)).status === 503);
  const body = JSON.stringify(READING);
  const headers = { 'content-type': 'application/json' };
  const sent = await fetch(`${url}/metrics/heart-rate`, { method: 'POST', body, headers });
  expect(sent.status).toBe(200);
  const reasons = ['The audit log cannot be written: EISDIR.'];
  for (const where of ['/health', '/readyz']) {
    const health = await fetch(url + where);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'degraded', reasons });
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^heart_rate_audit_failures_total [1-9]/m);
  await rm(path, { recursive: true });
  await until('it is well again', async () =>
    (await (await fetch(`${url}/health`)).text()).includes('"ok"'),
  );
  expect((await fetch(`${url + SERIES}ann`)).status).toBe(404);
});

test('a file that cannot be used ends the start with a line that says so', async () => {
  const folder = await temporaryFolder();
  const child = begin(folder, join(folder, 'none', 'audit.jsonl'));
  const said = await text(child.stderr as NodeJS.ReadableStream);
  expect(said).toMatch(/^AUDIT_FILE cannot be used: ENOENT: .*\n$/);
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(1);
});
