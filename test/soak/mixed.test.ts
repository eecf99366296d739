import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { editKeyFile } from '../../src/keys/edit-key-file.ts';
import { keyFileText } from '../../src/keys/key-file.ts';
import { slope } from '../bench/statistics.ts';
import { Ledger, minuteOf } from '../crash/ledger.ts';
import { randomNumbers } from '../crash/load.ts';
import { ServiceProcess } from '../crash/service-process.ts';
import { ALLOCATOR, openFilesOf, residentBytesOf } from '../support/process-figures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testKey } from '../support/test-keys.ts';
import { cutOff, dawdle, flood, follow, query, type Soak, write } from './actors.ts';
import { killableWorkers } from './killable-workers.ts';
import { onSmallDisk, SmallDisk } from './small-disk.ts';
import { SoakClient } from './soak-client.ts';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 1);
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 2 ** 31);
const MB = 1e6;
const DISK_BYTES = 512 * 1024 * 1024;
const SAMPLE_INTERVAL_MS = 2_000;
const WORKER_KILL_INTERVAL_MS = 20_000;
const KEY_CHANGE_INTERVAL_MS = 10_000;
/** A key file is looked at once a second; a busy machine takes longer. */
const KEY_CHANGE_MS = 5_000;
const DISK_FULL_MS = 5_000;
/** What a fault does may be seen for so long after it. */
const AFTERMATH_MS = 5_000;
/** Without a fault: an export whose readings are erased before it has begun. */
const ERASED = /^query: .*erased meanwhile/;
const RATE_LIMIT = 100;
/** In a short run the memory is still on its way to what it needs. */
const TELLING_MINUTES = 10;
const MAX_GROWTH_MB_PER_MINUTE = MINUTES >= TELLING_MINUTES ? 12 : 150;
/** Segments and parts that happen to be open just then. */
const MAX_MORE_FILES = 10;
const SETTLE_MS = 60_000;

const SETTINGS = {
  RATE_LIMIT: String(RATE_LIMIT),
  FLUSH_INTERVAL_MS: '5000',
  FLUSH_QUIET_MS: '1000',
  ...ALLOCATOR,
};

/** Times at which a fault was at work, in which the service may say 503. */
class Faults {
  readonly #windows: { startMs: number; endMs: number }[] = [];
  counts = { 'workers killed': 0, 'disk full': 0, 'keys changed': 0 };

  begin(): () => void {
    const window = { startMs: performance.now(), endMs: Number.POSITIVE_INFINITY };
    this.#windows.push(window);
    return () => {
      window.endMs = performance.now() + AFTERMATH_MS;
    };
  }

  covers(atMs: number): boolean {
    return this.#windows.some(({ startMs, endMs }) => atMs >= startMs && atMs <= endMs);
  }
}

/** Waits, unless it is over before. */
const rest = async (soak: Pick<Soak, 'isOver'>, ms: number): Promise<void> => {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs && !soak.isOver()) await sleep(100);
};

const killWorkers = async (soak: Soak, service: ServiceProcess, faults: Faults) => {
  await rest(soak, WORKER_KILL_INTERVAL_MS);
  while (!soak.isOver()) {
    const end = faults.begin();
    service.signal('SIGUSR2');
    faults.counts['workers killed']++;
    end();
    await rest(soak, WORKER_KILL_INTERVAL_MS);
  }
};

/** Twice: once in each half. */
const fillDisk = async (soak: Soak, disk: SmallDisk, faults: Faults) => {
  for (let half = 0; half < 2; half++) {
    await rest(soak, (MINUTES * 60_000) / 4);
    if (soak.isOver()) return;
    const end = faults.begin();
    faults.counts['disk full']++;
    const fullUntilMs = performance.now() + DISK_FULL_MS;
    while (performance.now() < fullUntilMs && !soak.isOver()) {
      // Again and again, as a merge makes room for the log.
      await disk.fill();
      await rest(soak, 100);
    }
    await disk.free();
    end();
    await rest(soak, (MINUTES * 60_000) / 4 - DISK_FULL_MS);
  }
};

/** Makes a key, which must be taken soon, and revokes it, after which it must not. */
const changeKeys = async (soak: Soak, keyFile: string, faults: Faults) => {
  const wrong: string[] = [];
  const untilStatus = async (token: string, status: number) => {
    const endMs = performance.now() + KEY_CHANGE_MS;
    let last = 0;
    while (last !== status && performance.now() < endMs) {
      last = (await soak.client.ask('guest', { path: '/devices', token })).status;
      await sleep(100);
    }
    if (last !== status) wrong.push(`a changed key was answered ${last}, not ${status}`);
  };
  while (!soak.isOver()) {
    const guest = testKey({ scopes: ['read'] });
    await editKeyFile(keyFile, (keys) => [...keys, guest.entry]);
    await untilStatus(guest.token, 200);
    const revoked = { ...guest.entry, revoked: new Date().toISOString() };
    await editKeyFile(keyFile, (keys) =>
      keys.map((key) => (key.id === revoked.id ? revoked : key)),
    );
    await untilStatus(guest.token, 401);
    await editKeyFile(keyFile, (keys) => keys.filter(({ id }) => id !== revoked.id));
    faults.counts['keys changed']++;
    await rest(soak, KEY_CHANGE_INTERVAL_MS);
  }
  return wrong;
};

/** Holds what an export has of each user against what was acknowledged. */
const verify = async ({ client, ledger, users }: Soak, token: string): Promise<void> => {
  const found = new Map<string, Map<number, number>>();
  for (const user of users) {
    const path = `/metrics/heart-rate/export?user_id=${user}`;
    const { status, body } = await client.ask('verify', { path, token });
    expect([user, status === 200 || status === 404]).toEqual([user, true]);
    if (status === 404) continue;
    for (const line of body.trimEnd().split('\n')) {
      const one = JSON.parse(line);
      const series = JSON.stringify([one.user_id, one.device_id]);
      const rates = found.get(series) ?? new Map<number, number>();
      found.set(series, rates.set(minuteOf(Date.parse(one.timestamp)), one.heart_rate));
    }
  }
  for (const series of new Set([...ledger.series, ...found.keys()])) {
    ledger.check(series, found.get(series) ?? new Map());
  }
  ledger.settle(found);
};

const start = async () => {
  const folder = await temporaryFolder();
  const [keyFile, dataDir] = [join(folder, 'keys.json'), join(folder, 'data')];
  const keys = { main: testKey(), flood: testKey({ scopes: ['read'] }), dawdle: testKey() };
  await writeFile(keyFile, keyFileText(Object.values(keys).map(({ entry }) => entry)));
  await mkdir(dataDir);
  const through = onSmallDisk(dataDir, DISK_BYTES);
  if (through === undefined) console.warn('No disk of its own here: that it is full is not tried.');
  const settings = { ...SETTINGS, ...killableWorkers(), API_KEYS_FILE: keyFile };
  return { keyFile, keys, dataDir, through, settings };
};

/** Has every thread started, and every file open that is kept open. */
const warmUp = async (client: SoakClient, token: string): Promise<void> => {
  const single = '/metrics/heart-rate';
  const reading = { device_id: 'a', user_id: 'warm-up', timestamp: '2024-02-28T10:00Z' };
  for (let heart_rate = 60; heart_rate < 70; heart_rate++) {
    const body = JSON.stringify({ ...reading, heart_rate });
    const sent = { method: 'POST', path: single, token, type: 'application/json', body };
    expect((await client.ask('warm up', sent)).status).toBe(200);
    await sleep(Number(SETTINGS.FLUSH_QUIET_MS) / 4);
  }
  for (const path of ['/latest?user_id=warm-up', '/export?user_id=warm-up&format=parquet']) {
    expect((await client.ask('warm up', { path: single + path, token })).status).toBe(200);
  }
  await sleep(2 * Number(SETTINGS.FLUSH_QUIET_MS));
  const path = `${single}?user_id=warm-up&start=2024-02-28T00:00Z&end=2024-02-29T00:00Z`;
  expect((await client.ask('warm up', { path, token })).status).toBe(200);
};

const loads = (soak: Soak, keys: Awaited<ReturnType<typeof start>>['keys']) => {
  const token = keys.main.token;
  const writer = { token: () => token, size: 1, pauseMs: 100 };
  const batches = { ...writer, size: 200, pauseMs: 500 };
  return [
    ...['ann', 'bob', 'cleo'].map((name) => write(soak, { ...writer, name })),
    ...['dan', 'eva'].map((name) => write(soak, { ...batches, name })),
    ...[1, 2, 3].map(() => query(soak, token, 200)),
    ...Array.from({ length: 10 }, () => follow(soak, token)),
    ...[1, 2].map(() => cutOff(soak, token, 300)),
    ...[1, 2, 3].map(() => dawdle(soak, keys.dawdle.token)),
    flood(soak, keys.flood.token, 10 * RATE_LIMIT),
  ];
};

const sampleUntilOver = async (soak: Soak, service: ServiceProcess) => {
  const samples: { x: number; y: number }[] = [];
  const startMs = performance.now();
  while (!soak.isOver()) {
    samples.push({
      x: (performance.now() - startMs) / 60_000,
      y: residentBytesOf(service.pid) / MB,
    });
    await rest(soak, SAMPLE_INTERVAL_MS);
  }
  return samples;
};

/** How many files are open once it has come to rest: as few as `atMost`, or after a minute. */
const filesAtRest = async (service: ServiceProcess, atMost: number): Promise<number> => {
  const endMs = performance.now() + SETTLE_MS;
  while (openFilesOf(service.pid) > atMost && performance.now() < endMs) await sleep(500);
  return openFilesOf(service.pid);
};

test(`nothing leaks and nothing is lost in ${MINUTES} min of mixed load with faults (seed ${SEED})`, {
  timeout: MINUTES * 60_000 + 240_000,
}, async ({ skip }) => {
  if (process.platform !== 'linux') return skip('it reads /proc');
  const { keyFile, keys, dataDir, through, settings } = await start();
  const { token } = keys.main;
  const service = new ServiceProcess(dataDir, settings, through);
  const client = new SoakClient(await service.ready());
  await warmUp(client, token);
  const filesBefore = openFilesOf(service.pid);
  const endMs = performance.now() + MINUTES * 60_000;
  const soak: Soak = {
    url: await service.ready(),
    client,
    ledger: new Ledger(),
    random: randomNumbers(SEED),
    isOver: () => performance.now() >= endMs,
    users: [],
  };
  const faults = new Faults();
  const disk = through && new SmallDisk(service.pid, dataDir);
  const sampling = sampleUntilOver(soak, service);
  const [wrongKeys] = await Promise.all([
    changeKeys(soak, keyFile, faults),
    killWorkers(soak, service, faults),
    disk && fillDisk(soak, disk, faults),
    ...loads(soak, keys),
  ]);
  const samples = await sampling;
  await rest({ isOver: () => false }, 2_000);
  await verify(soak, token);
  client.close();
  const filesAfter = await filesAtRest(service, filesBefore + MAX_MORE_FILES);

  const growth = slope(samples.filter(({ x }) => x >= MINUTES / 2));
  const megabytes = samples.map(({ y }) => Math.round(y));
  const { lost, invented, torn } = soak.ledger.findings;
  const byWho = Object.fromEntries([...client.counts].sort());
  console.log(
    `soak: ${MINUTES} min, ${growth.toFixed(2)} MB/min in the second half, ` +
      `${megabytes[0]} MB first, ${Math.max(...megabytes)} MB most, ${megabytes.at(-1)} MB last; ` +
      `files ${filesBefore} before, ${filesAfter} after; ` +
      `${soak.ledger.acknowledged} readings acknowledged, ${soak.ledger.checked} checked, ` +
      `${lost.length} lost, ${invented.length} invented, ${torn.length} torn; ` +
      `${JSON.stringify(faults.counts)}; ${JSON.stringify(byWho)}; seed ${SEED}`,
  );
  expect(soak.ledger.findings).toEqual({ lost: [], invented: [], torn: [] });
  const unexpected = client.failures.filter(
    ({ atMs, status, what }) => status !== 503 || !(faults.covers(atMs) || ERASED.test(what)),
  );
  const said = unexpected.length > 0 ? service.complaints.slice(-20) : [];
  expect([unexpected.map(({ what }) => what), said]).toEqual([[], []]);
  const isRefusedWhenFull = client.failures.some(({ status, what }) => {
    return status === 503 && !ERASED.test(what);
  });
  expect(isRefusedWhenFull).toBe(disk !== undefined);
  expect(wrongKeys).toEqual([]);
  expect(filesAfter).toBeLessThanOrEqual(filesBefore + MAX_MORE_FILES);
  expect(growth).toBeLessThan(MAX_GROWTH_MB_PER_MINUTE);
  expect(client.counts.get('flood 429') ?? 0).toBeGreaterThan(0);
  expect(await service.stop('SIGTERM')).toBe(0);
});
