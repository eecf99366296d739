import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkParquet } from './check-parquet.ts';
import { Client } from './client.ts';
import { Ledger } from './ledger.ts';
import { randomNumbers, Writer } from './load.ts';
import { ServiceProcess } from './service-process.ts';

const WRITERS = 4;

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s under load: all that was acknowledged is in Parquet, and the log is empty',
  { timeout: 60_000 },
  async (signal) => {
    const dataDir = await temporaryFolder();
    const ledger = new Ledger();
    const service = new ServiceProcess(dataDir, { SEGMENT_MAX_BYTES: '32768' });
    const client = new Client(await service.ready(), WRITERS);
    const writers = Array.from(
      { length: WRITERS },
      (_, i) => new Writer(`user-${i}`, ledger, randomNumbers(i)),
    );
    const writing = writers.map((writer) => writer.write(client, () => service.isEnding));
    await sleep(500);
    expect(await service.stop(signal)).toBe(0);
    expect((await Promise.all(writing)).flat()).toEqual([]);
    client.close();

    expect(await readdir(join(dataDir, 'wal'))).toEqual([]);
    await checkParquet(dataDir, ledger);
    expect(ledger.acknowledged).toBeGreaterThan(0);
    expect(ledger.findings).toEqual({ lost: [], invented: [], torn: [] });
    expect(service.complaints).toEqual([]);
  },
);

test('SIGTERM ends streams that are open, and the process with them', async () => {
  const service = new ServiceProcess(await temporaryFolder());
  const url = await service.ready();
  const streams = await Promise.all(
    ['ann', 'bob'].map((user) => fetch(`${url}/metrics/heart-rate/stream?user_id=${user}`)),
  );
  const startMs = performance.now();
  expect(await service.stop('SIGTERM')).toBe(0);
  expect(performance.now() - startMs).toBeLessThan(5_000);
  for (const stream of streams) expect(await stream.text()).toMatch(/^id: \S+\n\n$/);
  expect(service.complaints).toEqual([]);
});
