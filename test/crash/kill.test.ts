import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkParquet } from './check-parquet.ts';
import { Client } from './client.ts';
import { Ledger } from './ledger.ts';
import { randomNumbers, Writer } from './load.ts';
import { ServiceProcess } from './service-process.ts';

const CYCLES = Number(process.env.KILL_CYCLES ?? 20);
const SEED = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const WRITERS = 4;
/** Old series that are asked for again after each restart, besides all that were sent to. */
const SAMPLE = 3;
/** One life in so many is cut short before the service is ready: recovery must bear that too. */
const EARLY_KILL = 7;
/** And one in so many ends in order, so that the next begins with an empty log. */
const ORDERLY_END = 6;

/** Readings become Parquet, and parts are merged, many times a second. */
const HURRIED = { FLUSH_INTERVAL_MS: '200', SEGMENT_MAX_BYTES: '65536' };

const timeoutMs = 60_000 + CYCLES * 10_000;

const parsed = (series: string) => JSON.parse(series) as [string, string];

const verify = async (client: Client, ledger: Ledger, series: readonly string[]) => {
  const found = new Map<string, Map<number, number>>();
  const ask = async (one: string) => {
    const rates = await client.series(...parsed(one));
    ledger.check(one, rates);
    found.set(one, rates);
  };
  await Promise.all(series.map(ask));
  ledger.settle(found);
};

/** Asks for what is being written, so that queries hold parts while they are merged away. */
const readOn = async (client: Client, ledger: Ledger, isOver: () => boolean) => {
  while (!isOver()) {
    const series = ledger.series.at(-1);
    if (series !== undefined) await client.series(...parsed(series)).catch(() => undefined);
    await sleep(20);
  }
};

test(`no acknowledged reading is lost in ${CYCLES} kills under load`, {
  timeout: timeoutMs,
}, async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  const random = randomNumbers(SEED);
  const ledger = new Ledger();
  const writers = Array.from(
    { length: WRITERS },
    (_, i) => new Writer(`user-${i}`, ledger, randomNumbers(SEED + i + 1)),
  );
  const surprises: string[] = [];

  let kills = 0;
  for (let life = 1; kills < CYCLES; life++) {
    const service = new ServiceProcess(dataDir, HURRIED);
    if (life % EARLY_KILL === 0) {
      await sleep(random() * 800);
      await service.kill();
      kills++;
      continue;
    }
    const client = new Client(await service.ready(), WRITERS + 1);
    const old = ledger.series;
    const sample = Array.from({ length: SAMPLE }, () => old[Math.floor(random() * old.length)]);
    const again = sample.filter((one) => one !== undefined);
    await verify(client, ledger, [...new Set([...ledger.takeTouched(), ...again])]);

    const before = ledger.acknowledged;
    let isOver = false;
    const writing = writers.map((writer) => writer.write(client));
    const reading = readOn(client, ledger, () => isOver);
    await sleep(50 + random() * 700);
    await until('something was acknowledged', () => ledger.acknowledged >= before + 30);
    isOver = true;
    if (life % ORDERLY_END === 0) expect(await service.stop('SIGTERM')).toBe(0);
    else {
      await service.kill();
      kills++;
    }
    surprises.push(...(await Promise.all(writing)).flat(), ...service.complaints);
    await reading;
    client.close();
  }

  const service = new ServiceProcess(dataDir, HURRIED);
  const client = new Client(await service.ready(), WRITERS);
  await verify(client, ledger, ledger.series);
  client.close();
  expect(await service.stop('SIGTERM')).toBe(0);
  expect(await readdir(join(dataDir, 'wal'))).toEqual([]);
  await checkParquet(dataDir, ledger);

  const { lost, invented, torn } = ledger.findings;
  console.log(
    `kills ${kills}, seed ${SEED}, acknowledged ${ledger.acknowledged}, ` +
      `checks ${ledger.checked}, lost ${lost.length}, invented ${invented.length}, ` +
      `torn batches ${torn.length}`,
  );
  const some = (all: readonly string[]) => all.slice(0, 10);
  expect([lost, invented, torn, surprises].map(some)).toEqual([[], [], [], []]);
});
