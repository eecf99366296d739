import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageFileUrl } from '../../src/package-file.ts';
import { readSettings } from '../../src/settings.ts';
import { heartRate } from '../cli/heart-rate.ts';
import { ServiceProcess } from '../crash/service-process.ts';
import { freePort, hasNginx, ofFolder, runNginx } from '../support/proxy-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// There is no container where tests run: what can be tried of the files without one.

const textOf = (name: string) => readFile(packageFileUrl(`deploy/cassandra/${name}`), 'utf8');

interface Container {
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly entrypoint?: readonly string[];
  readonly depends_on?: unknown;
}

const containers = async (): Promise<Readonly<Record<string, Container>>> =>
  parse(await textOf('compose.yaml'), { merge: true }).services;

test('the service takes the settings of the compose file', async () => {
  const { 'service-1': one, 'service-2': other, tables } = await containers();
  expect(other).toEqual(one);
  expect(tables?.environment).toEqual(one?.environment);
  const environment = Object.entries(one?.environment ?? {}).map(([k, v]) => [k, String(v)]);
  // As the image sets it.
  const settings = readSettings({ HOST: '0.0.0.0', ...Object.fromEntries(environment) });
  expect(settings.cassandra).toMatchObject({
    contactPoints: ['cassandra-1:9042', 'cassandra-2:9042', 'cassandra-3:9042'],
    dataCenter: 'datacenter1',
    replicationFactor: 3,
  });
});

test('every node syncs before it answers, and all are in the data centre that is asked for', async () => {
  const all = await containers();
  for (const name of ['cassandra-1', 'cassandra-2', 'cassandra-3']) {
    expect(all[name]?.entrypoint?.at(-1)).toContain('set_to commitlog_sync batch\n');
    expect(all[name]?.environment).toMatchObject({ CASSANDRA_DC: 'datacenter1' });
  }
});

test('the key that the compose file has one make can be made', async () => {
  const [, args = ''] = /heart-rate (keys create .*)/.exec(await textOf('compose.yaml')) ?? [];
  const file = join(await temporaryFolder(), 'keys.json');
  const made = await heartRate(...args.replace('keys/keys.json', file).split(' '));
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^hr_/m) });
});

test.skipIf(!hasNginx())(
  'nginx serves with one process what it cannot with the other, and keeps a client with one',
  async () => {
    const services = [0, 1].map(async () => new ServiceProcess(await temporaryFolder()));
    const [one, other] = (await Promise.all(services)) as [ServiceProcess, ServiceProcess];
    const urls = [await one.ready(), await other.ready()].map((url) => new URL(url));
    const [folder, port] = [await temporaryFolder(), await freePort()];
    const own = ofFolder(folder);
    const config = (await textOf('nginx.conf'))
      .replace('worker_processes auto;', `worker_processes 1; ${own.main}`)
      .replace('http {', `http { ${own.http}`)
      .replace('listen 8000;', `listen 127.0.0.1:${port};`)
      .replace('service-1:8000', urls[0]?.host as string)
      .replace('service-2:8000', urls[1]?.host as string);
    await runNginx(folder, config, port);

    const origin = `http://127.0.0.1:${port}`;
    const send = (key: string, user: string) =>
      fetch(`${origin}/metrics/heart-rate`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
        body: JSON.stringify({
          ...{ user_id: user, device_id: 'd', heart_rate: 60, timestamp: '2024-01-15T10:00:00Z' },
        }),
      });
    const hasUser = async (url: URL | undefined, user: string) =>
      (await fetch(new URL(`/metrics/heart-rate/latest?user_id=${user}`, url))).status === 200;
    const users = Array.from({ length: 16 }, (_, n) => `user-${n}`);
    for (const user of users) expect((await send(`key of ${user}`, user)).status).toBe(200);
    const first = await Promise.all(users.map((user) => hasUser(urls[0], user)));
    const second = await Promise.all(users.map((user) => hasUser(urls[1], user)));
    expect(second).toEqual(first.map((has) => !has));
    expect(new Set(first).size).toBe(2);
    // The same process as before, each time.
    for (const [at, user] of users.entries()) {
      expect((await send(`key of ${user}`, `${user}-again`)).status).toBe(200);
      expect(await hasUser(urls[0], `${user}-again`)).toBe(first[at]);
    }
    expect((await fetch(`${origin}/metrics`)).status).toBe(404);

    await one.kill();
    for (const user of users)
      expect((await send(`key of ${user}`, `${user}-late`)).status).toBe(200);
    expect(await hasUser(urls[1], 'user-0-late')).toBe(true);
  },
);
