import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startHeartRate } from '../cli/heart-rate.ts';
import { until } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { Client } from './client.ts';
import { randomNumbers, Writer } from './load.ts';
import { Operations } from './operations.ts';
import { ServiceProcess } from './service-process.ts';

const SEED = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const WRITERS = 4;
const BACKUPS = 6;
/** Of these backups one is killed, and during another the service is. */
const KILLED_BACKUP = 2;
const KILLED_SERVICE = 5;
/** Readings become Parquet, and parts are merged, many times a second. */
const HURRIED = { FLUSH_INTERVAL_MS: '200', FLUSH_QUIET_MS: '100', SEGMENT_MAX_BYTES: '65536' };

interface Backup {
  readonly folder: string;
  /** How many requests of each writer had been answered when it began. */
  readonly answered: readonly number[];
}

/** Holds what a service on a backup has against what each writer had sent. */
const checkRestored = async (
  { folder, answered }: Backup,
  all: readonly Operations[],
): Promise<void> => {
  const service = new ServiceProcess(folder, HURRIED);
  const client = new Client(await service.ready(), 2);
  for (const [i, operations] of all.entries()) {
    const found = new Map<string, Map<number, number>>();
    for (const series of operations.series) {
      const [user, device] = JSON.parse(series) as [string, string];
      found.set(series, await client.series(user, device));
    }
    const least = answered[i] as number;
    expect(operations.momentOf(found, least), `${folder}, writer ${i}`).toBeGreaterThanOrEqual(
      least,
    );
  }
  client.close();
  expect([await service.stop('SIGTERM'), service.complaints]).toEqual([0, []]);
};

test(`a backup under load is the service at one moment (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const parent = await temporaryFolder();
  const dataDir = join(parent, 'data');
  const all = Array.from({ length: WRITERS }, () => new Operations());
  const writers = all.map((one, i) => new Writer(`user-${i}`, one, randomNumbers(SEED + i)));
  const backups: Backup[] = [];
  const start = async () => {
    const service = new ServiceProcess(dataDir, HURRIED);
    const client = new Client(await service.ready(), WRITERS);
    const writing = writers.map((writer) => writer.write(client, () => service.isEnding));
    return { service, client, writing };
  };
  const running = await start();
  for (let i = 0; i < BACKUPS; i++) {
    const before = all.map(({ answered }) => answered);
    await until('more is answered', () =>
      all.every(({ answered }, k) => answered >= (before[k] as number) + 50),
    );
    const folder = join(parent, `backup-${i}`);
    const answered = all.map((one) => one.answered);
    const { child, ended } = startHeartRate('backup', '--json', folder, dataDir);
    if (i === KILLED_BACKUP) {
      await until('the backup is at work', async () =>
        (await readdir(parent)).includes(`.backup-${i}.tmp`),
      );
      child.kill('SIGKILL');
      await ended;
      expect(await readdir(parent)).not.toContain(`backup-${i}`);
      continue;
    }
    if (i === KILLED_SERVICE) {
      await sleep(300);
      await running.service.kill();
      expect((await Promise.all(running.writing)).flat()).toEqual([]);
      running.client.close();
    }
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    backups.push({ folder, answered });
    // Nothing is known of the requests that were cut off: what comes after starts from here.
    if (i === KILLED_SERVICE) break;
  }
  expect(backups).toHaveLength(KILLED_SERVICE);
  for (const backup of backups) await checkRestored(backup, all);
});
