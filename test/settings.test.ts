import { link as hardLink, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEVICE_PRIORITIES } from '../src/readings/device-priority.ts';
import { readSettings, SettingsError } from '../src/settings.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const DEFAULTS = {
  port: 8000,
  host: '127.0.0.1',
  allowedHosts: [],
  corsOrigins: [],
  tls: undefined,
  apiKeysFile: undefined,
  audit: undefined,
  dataDir: './data',
  logLevel: 'info',
  maxBodyBytes: 8 * 1024 * 1024,
  flushQuietMs: 5_000,
  flushIntervalMs: 60_000,
  segmentMaxBytes: 64 * 1024 * 1024,
  maxUnflushedBytes: 256 * 1024 * 1024,
  retentionDays: undefined,
  devicePriorities: DEVICE_PRIORITIES,
  maxStreams: 2_000,
  maxExports: 8,
  maxConnections: 10_000,
  rateLimit: undefined,
  trustedProxies: [],
  maxQueries: 64,
  maxQueuedQueries: 1_000,
  shutdownDelayMs: 0,
  tracedAs: undefined,
  shutdownDeadlineMs: 25_000,
};

const mistakesOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes;
    throw error;
  }
  return [];
};

test('nothing set means the defaults, and so does set to nothing', () => {
  expect(readSettings({})).toEqual(DEFAULTS);
  expect(readSettings({ PORT: '', LOG_LEVEL: '', DATA_DIR: '' })).toEqual(DEFAULTS);
});

test('each variable is its setting', () => {
  const environment = {
    PORT: '0',
    HOST: '::1',
    ALLOWED_HOSTS: 'hr.example, LAB.Example.,[::0:1]',
    CORS_ORIGINS: 'https://app.example, http://localhost:5173',
    TLS_CERT_FILE: '/etc/heart-rate/cert.pem',
    TLS_KEY_FILE: '/etc/heart-rate/key.pem',
    API_KEYS_FILE: '/etc/heart-rate/keys.json',
    AUDIT_FILE: '/var/log/heart-rate/audit.jsonl',
    AUDIT_MAX_BYTES: '1000000',
    AUDIT_FILES: '5',
    DATA_DIR: '/var/lib/heart rate',
    LOG_LEVEL: 'silent',
    MAX_BODY_BYTES: '1024',
    FLUSH_QUIET_MS: '10',
    FLUSH_INTERVAL_MS: '20',
    SEGMENT_MAX_BYTES: '2048',
    MAX_UNFLUSHED_BYTES: '1048576',
    RETENTION_DAYS: '30',
    DEVICE_PRIORITIES: 'polar-*=2,chest strap=1',
    MAX_STREAMS: '50',
    MAX_EXPORTS: '5',
    MAX_CONNECTIONS: '50',
    RATE_LIMIT: '100',
    RATE_LIMIT_BURST: '500',
    TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    MAX_QUERIES: '4',
    MAX_QUEUED_QUERIES: '0',
    SHUTDOWN_DELAY_MS: '6000',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    SHUTDOWN_DEADLINE_MS: '7000',
  };
  expect(readSettings(environment)).toEqual({
    port: 0,
    host: '::1',
    allowedHosts: ['hr.example', 'lab.example', '[::1]'],
    corsOrigins: ['https://app.example', 'http://localhost:5173'],
    tls: { certFile: '/etc/heart-rate/cert.pem', keyFile: '/etc/heart-rate/key.pem' },
    apiKeysFile: '/etc/heart-rate/keys.json',
    audit: { path: '/var/log/heart-rate/audit.jsonl', maxBytes: 1_000_000, maxFullFiles: 5 },
    dataDir: '/var/lib/heart rate',
    logLevel: 'silent',
    maxBodyBytes: 1024,
    flushQuietMs: 10,
    flushIntervalMs: 20,
    segmentMaxBytes: 2048,
    maxUnflushedBytes: 1048576,
    retentionDays: 30,
    devicePriorities: [
      { prefix: 'polar-', priority: 2 },
      { deviceId: 'chest strap', priority: 1 },
    ],
    maxStreams: 50,
    maxExports: 5,
    maxConnections: 50,
    rateLimit: { perSecond: 100, burst: 500 },
    trustedProxies: ['10.0.0.0/8', '::1'],
    maxQueries: 4,
    maxQueuedQueries: 0,
    shutdownDelayMs: 6_000,
    tracedAs: 'heart-rate',
    shutdownDeadlineMs: 7_000,
  });
});

test.each([
  ['PORT', '65536', 'PORT must be a whole number from 0 to 65535, not "65536"'],
  ['PORT', '-1', 'PORT must be a whole number from 0 to 65535, not "-1"'],
  ['PORT', '80.5', 'PORT must be a whole number from 0 to 65535, not "80.5"'],
  ['PORT', ' 80', 'PORT must be a whole number from 0 to 65535, not " 80"'],
  ['PORT', '0x50', 'PORT must be a whole number from 0 to 65535, not "0x50"'],
  ['MAX_BODY_BYTES', '8MB', 'MAX_BODY_BYTES must be a whole number from 1024 to 268435456'],
  ['FLUSH_INTERVAL_MS', '0', 'FLUSH_INTERVAL_MS must be a whole number from 10 to 86400000'],
  ['FLUSH_QUIET_MS', '9', 'FLUSH_QUIET_MS must be a whole number from 10 to 60000, not "9"'],
  ['FLUSH_QUIET_MS', '60001', 'FLUSH_QUIET_MS must be a whole number from 10 to 60000, not'],
  ['SEGMENT_MAX_BYTES', '1', 'SEGMENT_MAX_BYTES must be a whole number from 1024 to 1073741824'],
  ['MAX_UNFLUSHED_BYTES', '1', 'MAX_UNFLUSHED_BYTES must be a whole number from 1048576 to'],
  ['MAX_STREAMS', '-1', 'MAX_STREAMS must be a whole number from 0 to 100000, not "-1"'],
  ['RATE_LIMIT', '-1', 'RATE_LIMIT must be a whole number from 0 to 1000000, not "-1"'],
  ['MAX_QUERIES', '0', 'MAX_QUERIES must be a whole number from 1 to 10000, not "0"'],
  ['RETENTION_DAYS', '0', 'RETENTION_DAYS must be a whole number from 1 to 100000, not "0"'],
  ['LOG_LEVEL', 'verbose', 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace'],
  ['LOG_LEVEL', 'INFO', 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace'],
  ['ALLOWED_HOSTS', 'a.example:80', 'ALLOWED_HOSTS must be names of hosts without ports, not "a.'],
  ['ALLOWED_HOSTS', 'a.example,[::1]:80', 'must be names of hosts without ports, not "[::1]:80"'],
  ['ALLOWED_HOSTS', 'http://a.example', 'must be names of hosts without ports, not "http://a.'],
  ['ALLOWED_HOSTS', ' ', 'ALLOWED_HOSTS must be names of hosts without ports, not ""'],
  ['ALLOWED_HOSTS', 'hr.example,', 'must be names of hosts without ports, not ""'],
  ['CORS_ORIGINS', '*', 'CORS_ORIGINS must be origins like https://app.example, without a path'],
  ['CORS_ORIGINS', 'null', 'without a path, not "null"'],
  ['CORS_ORIGINS', 'https://app.example/', 'without a path, not "https://app.example/"'],
  ['CORS_ORIGINS', 'https://app.example,', 'without a path, not ""'],
  ['CORS_ORIGINS', 'https://App.example', 'without a path, not "https://App.example"'],
  ['CORS_ORIGINS', 'file:///a', 'without a path, not "file:///a"'],
  ['ALLOWED_HOSTS', '*', 'ALLOWED_HOSTS must be names of hosts without ports, not "*"'],
  [
    'DEVICE_PRIORITIES',
    'a',
    'DEVICE_PRIORITIES must have entries like device_a=1 or polar-*=2, not',
  ],
  ['ALLOW_ANONYMOUS', 'yes', 'ALLOW_ANONYMOUS must be one of true, false, not "yes"'],
])('%s=%s is refused', (name, value, message) => {
  expect(mistakesOf({ [name]: value })).toEqual([expect.stringContaining(message)]);
});

test('a flush interval below the quiet time shortens that', () => {
  expect(readSettings({ FLUSH_INTERVAL_MS: '1000' })).toMatchObject({
    flushQuietMs: 1000,
    flushIntervalMs: 1000,
  });
});

test('what may be sent at once is two seconds of the rate, unless it is said', () => {
  expect(readSettings({ RATE_LIMIT: '50' }).rateLimit).toEqual({ perSecond: 50, burst: 100 });
  expect(readSettings({ RATE_LIMIT: '0', RATE_LIMIT_BURST: '5' }).rateLimit).toBeUndefined();
});

test.each([
  'hr.example',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/8/8',
  '10.0.0.1,',
  '10.0.0.1:80',
  '/8',
])('%j is no proxy that could be trusted', (proxies) => {
  expect(mistakesOf({ TRUSTED_PROXIES: proxies })).toEqual([
    expect.stringContaining('TRUSTED_PROXIES must be addresses or networks like 10.0.0.0/8'),
  ]);
});

test('all mistakes are told at once', () => {
  const mistakes = mistakesOf({ PORT: 'x', LOG_LEVEL: 'y', HOST: '0.0.0.0' });
  expect(mistakes.map((mistake) => mistake.split(' ')[0])).toEqual(['PORT', 'LOG_LEVEL', 'HOST']);
});

test('each mistake in the priorities is told', () => {
  expect(mistakesOf({ DEVICE_PRIORITIES: 'a=0,b=1,b=2' })).toEqual([
    expect.stringMatching(/^DEVICE_PRIORITIES must give "a" /),
    expect.stringMatching(/^DEVICE_PRIORITIES must name "b" once/),
  ]);
});

test.each(['127.0.0.1', '127.8.9.10', 'localhost', '::1'])('%s lets nobody else in', (host) => {
  expect(readSettings({ HOST: host }).host).toBe(host);
});

test('beyond loopback any host is allowed, until some are named', () => {
  const open = { HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true' };
  expect(readSettings(open).allowedHosts).toBeUndefined();
  expect(readSettings({ ...open, ALLOWED_HOSTS: 'hr.example' }).allowedHosts).toEqual([
    'hr.example',
  ]);
});

test.each(['0.0.0.0', '::', '192.168.1.5', 'heart.example', '127.0.0.1.example'])(
  '%s lets others in, which has to be asked for',
  (host) => {
    expect(mistakesOf({ HOST: host })).toEqual([expect.stringContaining('ALLOW_ANONYMOUS')]);
    expect(readSettings({ HOST: host, ALLOW_ANONYMOUS: 'true' }).host).toBe(host);
    expect(readSettings({ HOST: host, API_KEYS_FILE: 'keys.json' }).host).toBe(host);
  },
);

test.each(['TLS_CERT_FILE', 'TLS_KEY_FILE'])('%s alone is refused', (name) => {
  expect(mistakesOf({ [name]: 'file.pem' })).toEqual([
    'TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or none',
  ]);
});

const STORE = 'cassandra://one,two/hr?dc=dc1';

test('without STORE there is no cluster', () => {
  expect(readSettings({}).cassandra).toBeUndefined();
});

test('STORE names a cluster, and other variables tell more of it', () => {
  expect(readSettings({ STORE }).cassandra).toEqual({
    contactPoints: ['one:9042', 'two:9042'],
    keyspace: 'hr',
    dataCenter: 'dc1',
    credentials: undefined,
    tls: undefined,
    replicationFactor: 3,
    maxClockSkewMs: 100,
  });
  const more = {
    ...{ CASSANDRA_USERNAME: 'me', CASSANDRA_PASSWORD: 'secret', CASSANDRA_TLS: 'true' },
    ...{ CASSANDRA_CA_FILE: 'ca.pem', CASSANDRA_REPLICATION_FACTOR: '1' },
  };
  expect(readSettings({ STORE, ...more }).cassandra).toMatchObject({
    credentials: { username: 'me', password: 'secret' },
    tls: { caFile: 'ca.pem' },
    replicationFactor: 1,
  });
});

test.each([
  [{ STORE: 'one/hr' }, 'STORE must begin with cassandra://'],
  [
    { STORE, CASSANDRA_USERNAME: 'me' },
    'CASSANDRA_USERNAME and CASSANDRA_PASSWORD belong together',
  ],
  [{ STORE, CASSANDRA_CA_FILE: 'ca.pem' }, 'CASSANDRA_CA_FILE is for CASSANDRA_TLS=true'],
  [{ STORE, CASSANDRA_REPLICATION_FACTOR: '0' }, 'CASSANDRA_REPLICATION_FACTOR must be'],
])('%j is refused', (environment, why) => {
  expect(mistakesOf(environment)).toEqual([expect.stringContaining(why)]);
});

test('keys and no keys at once are refused', () => {
  expect(mistakesOf({ ALLOW_ANONYMOUS: 'true', API_KEYS_FILE: 'keys.json' })).toEqual([
    'ALLOW_ANONYMOUS=true and API_KEYS_FILE contradict each other: unset one',
  ]);
});

test.each([
  ['./data/audit.jsonl', undefined],
  ['data/logs/../audit/audit.jsonl', './data/'],
  ['/srv/data/..audit.jsonl', '/srv/data'],
])('an audit log at %s in the data folder is refused', (path, dataDir) => {
  expect(mistakesOf({ AUDIT_FILE: path, DATA_DIR: dataDir ?? '' })).toEqual([
    'AUDIT_FILE must be outside of DATA_DIR, where all files are data',
  ]);
});

test('nor is one that a link leads to in the data folder, whether or not it is there', async () => {
  const folder = await temporaryFolder();
  const dataDir = join(folder, 'data');
  const link = async (target: string, name: string) => {
    await symlink(target, join(folder, name));
    return join(folder, name);
  };
  const alias = await link('data', 'alias');
  const toFile = await link('data/audit.jsonl', 'audit.jsonl');
  const toLink = await link('alias/audit.jsonl', 'audit.log');
  const beside = await link('elsewhere', 'other.jsonl');
  const endless = await link('endless', 'endless');
  const check = () => {
    for (const path of [toFile, toLink, join(alias, 'audit.jsonl'), join(alias, 'a/b.jsonl')]) {
      expect(mistakesOf({ AUDIT_FILE: path, DATA_DIR: dataDir })).toHaveLength(1);
    }
    const real = join(dataDir, 'audit.jsonl');
    expect(mistakesOf({ AUDIT_FILE: real, DATA_DIR: alias })).toHaveLength(1);
    for (const path of [beside, endless, join(folder, 'data.jsonl')]) {
      expect(readSettings({ AUDIT_FILE: path, DATA_DIR: alias }).audit).toMatchObject({ path });
    }
  };
  check();
  await mkdir(dataDir);
  check();
  await writeFile(join(dataDir, 'audit.jsonl'), '');
  check();
});

test.each(['API_KEYS_FILE', 'TLS_CERT_FILE', 'TLS_KEY_FILE', 'CASSANDRA_CA_FILE'])(
  'an audit log is not the file of %s, nor does it get its name when it is full',
  async (name) => {
    const folder = await temporaryFolder();
    const [file, link] = [join(folder, 'file'), join(folder, 'link')];
    await symlink('file', link);
    const check = (auditFile: string, other: string) => {
      const pair = name.startsWith('TLS_') ? { TLS_CERT_FILE: '/c', TLS_KEY_FILE: '/k' } : {};
      const all = { ...pair, CASSANDRA_TLS: 'true', AUDIT_FILE: auditFile, [name]: other };
      return mistakesOf(all);
    };
    const refused = [`AUDIT_FILE must be another file than ${name}, which lines would break`];
    for (const isThere of [false, true]) {
      if (isThere) await writeFile(file, '{"keys":[]}');
      expect(check(file, file)).toEqual(refused);
      expect(check(`${folder}/./file`, file)).toEqual(refused);
      expect(check(link, file)).toEqual(refused);
      expect(check(file, link)).toEqual(refused);
      expect(check(file, `${file}.1`)).toEqual(refused);
      expect(check(file, `${file}.old`)).toEqual([]);
      expect(check(`${file}.1`, file)).toEqual([]);
    }
    const hard = join(folder, 'hard');
    await hardLink(file, hard);
    expect(check(hard, file)).toEqual(refused);
    expect(check(file, hard)).toEqual(refused);
  },
);

test.each(['./data.jsonl', './data/../audit.jsonl', '../data/audit.jsonl', '/audit.jsonl'])(
  'an audit log at %s is beside it',
  (path) => {
    const defaults = { maxBytes: 64 * 1024 * 1024, maxFullFiles: 20 };
    expect(readSettings({ AUDIT_FILE: path }).audit).toEqual({ path, ...defaults });
  },
);
