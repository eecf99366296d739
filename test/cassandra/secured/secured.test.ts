import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CassandraSettings } from '../../../src/storage/cassandra/cassandra-settings.ts';
import { connect } from '../../../src/storage/cassandra/connect.ts';
import { type Ended, heartRate, startHeartRate } from '../../cli/heart-rate.ts';
import { JSON_TYPE, READING } from '../../support/test-service.ts';
import { Cluster } from '../cluster/cluster.ts';
import { whyNoCassandra } from '../cluster/jars.ts';
import { SUPERUSER } from '../cluster/node-files.ts';
import { writeKeystore } from './keystore.ts';

// A node that lets nobody in without a password, and speaks TLS alone.

const PREFIX = '127.0.6';
const ADDRESS = `${PREFIX}.1`;
const TIMEOUT_MS = 300_000;
const ROLE = { username: 'heart_rate_service', password: "it's a secret; '--" };

const why = await whyNoCassandra();
if (why !== undefined) process.stderr.write(`Cassandra with TLS is left out: ${why}\n`);

describe.skipIf(why !== undefined)('a cluster with TLS and passwords', () => {
  let folder: string;
  let cluster: Cluster;
  let own: Awaited<ReturnType<typeof writeKeystore>>;
  let other: typeof own;
  let settings: CassandraSettings;

  /** The variables of a service; those that are set to nothing are as if they were not set. */
  const stubSettings = (changes: Readonly<Record<string, string>> = {}): void => {
    const variables = {
      STORE: `cassandra://${ADDRESS}:9042/hr?dc=datacenter1`,
      CASSANDRA_REPLICATION_FACTOR: '1',
      CASSANDRA_TLS: 'true',
      CASSANDRA_CA_FILE: own.caFile,
      CASSANDRA_USERNAME: ROLE.username,
      CASSANDRA_PASSWORD: ROLE.password,
      ...changes,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  };
  afterEach(() => void vi.unstubAllEnvs());

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heart-rate-secured-'));
    own = await writeKeystore(folder, 'own', ADDRESS);
    other = await writeKeystore(folder, 'other', `${PREFIX}.99`);
    const keystoreFile = join(folder, 'in-use.p12');
    await cp(own.keystoreFile, keystoreFile);
    cluster = await Cluster.start({ prefix: PREFIX, secured: { ...own, keystoreFile } });
    settings = {
      contactPoints: [`${ADDRESS}:9042`],
      ...{ keyspace: 'hr', dataCenter: 'datacenter1', replicationFactor: 1, maxClockSkewMs: 100 },
      ...{ credentials: SUPERUSER, tls: { caFile: own.caFile } },
    };
    // What the service may do is what docs/CASSANDRA.md says that it needs.
    const { username, password } = SUPERUSER;
    stubSettings({ CASSANDRA_USERNAME: username, CASSANDRA_PASSWORD: password });
    expect(await heartRate('migrate-schema')).toMatchObject({ code: 0, stderr: '' });
    const client = await connect(settings);
    const quoted = ROLE.password.replaceAll("'", "''");
    for (const statement of [
      `CREATE ROLE ${ROLE.username} WITH PASSWORD = '${quoted}' AND LOGIN = true`,
      `GRANT SELECT ON KEYSPACE hr TO ${ROLE.username}`,
      `GRANT MODIFY ON KEYSPACE hr TO ${ROLE.username}`,
      `GRANT SELECT ON TABLE system_views.settings TO ${ROLE.username}`,
    ]) {
      await client.execute(statement, [], { prepare: false });
    }
    await client.shutdown();
  }, TIMEOUT_MS);

  afterAll(async () => {
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  }, TIMEOUT_MS);

  /** A service that says all that it ever says. */
  const started = async () => {
    const { child, ended } = startHeartRate('serve', '--port', '0', '--log-level', 'trace');
    onTestFinished(() => void child.kill('SIGKILL'));
    const url = await new Promise<string>((resolve, reject) => {
      let log = '';
      child.stdout?.on('data', (text: string) => {
        log += text;
        if (log.includes('"ready"')) resolve(/"url":"([^"]+)"/.exec(log)?.[1] ?? '');
      });
      void ended.then(({ stderr }) => reject(new Error(stderr)));
    });
    const stop = async (): Promise<Ended> => {
      child.kill('SIGTERM');
      return ended;
    };
    return { url, stop };
  };

  const told = ({ stdout, stderr }: Ended): string => stdout + stderr;

  it(
    'the service stores and reads there, with no more rights than that takes, and tells no password',
    async () => {
      stubSettings();
      const { url, stop } = await started();
      expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ok', reasons: [] });
      const single = `${url}/metrics/heart-rate`;
      const body = JSON.stringify(READING);
      const sent = await fetch(single, { method: 'POST', headers: JSON_TYPE, body });
      expect(sent.status).toBe(200);
      const latest = await fetch(`${single}/latest?user_id=${READING.user_id}`);
      expect(await latest.json()).toEqual(READING);
      const erased = await fetch(`${single}?user_id=${READING.user_id}`, { method: 'DELETE' });
      expect(await erased.json()).toEqual({ status: 'erased', count: 1 });
      const ended = await stop();
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(told(ended)).not.toContain(ROLE.password);
      expect(told(ended)).not.toContain(ROLE.username);
    },
    TIMEOUT_MS,
  );

  it.each([
    ['a wrong password', { CASSANDRA_PASSWORD: 'it was a secret' }, /incorrect/],
    ['no password', { CASSANDRA_USERNAME: '', CASSANDRA_PASSWORD: '' }, /requires authentication/],
    ['no TLS', { CASSANDRA_TLS: '', CASSANDRA_CA_FILE: '' }, /./],
    ['an authority that nobody here knows', { CASSANDRA_CA_FILE: '' }, /self-signed certificate/],
  ])(
    'with %s it ends, and tells no password',
    async (_, changes, why) => {
      stubSettings(changes);
      const ended = await heartRate('serve', '--port', '0', '--log-level', 'trace');
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/^Cannot open the keyspace hr: /);
      expect(ended.stderr).toMatch(why);
      for (const password of [ROLE.password, 'it was a secret']) {
        expect(told(ended)).not.toContain(password);
      }
      expect(await heartRate('migrate-schema')).toMatchObject({ code: 1 });
    },
    TIMEOUT_MS,
  );

  it(
    'a node with the certificate of another address is not taken for the right one',
    async () => {
      const { keystoreFile = '' } = cluster.node(1).spec.secured ?? {};
      await cluster.node(1).stop();
      await cp(other.keystoreFile, keystoreFile);
      await cluster.restart(1);
      const tls = { caFile: other.caFile };
      await expect(connect({ ...settings, tls })).rejects.toMatchObject({
        innerErrors: { [`${ADDRESS}:9042`]: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
      });
    },
    TIMEOUT_MS,
  );
});
