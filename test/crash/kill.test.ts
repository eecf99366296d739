import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { until } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkParquet } from './check-parquet.ts';
import { Client } from './client.ts';
import { clockAhead } from './clock-ahead.ts';
import { Ledger } from './ledger.ts';
import { randomNumbers, Writer } from './load.ts';
import { SECOND_OWNERS, startSecondOwner } from './second-owner.ts';
import { ServiceProcess } from './service-process.ts';

const CYCLES = Number(process.env.KILL_CYCLES ?? 20);
const SEED = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Then another data folder is begun, because the test keeps in mind all that is in one. */
const CYCLES_PER_FOLDER = 100;
/** So many requests are answered at least for each kill. */
const ACKNOWLEDGEMENTS_PER_KILL = 100;
/** This is no test of speed: a busy machine has time. */
const PATIENCE_MS = 60_000;
const WRITERS = 4;
/** Old series that are asked for again after each restart, besides all that were sent to. */
const SAMPLE = 3;
/** One life in so many is cut short before the service is ready: recovery must bear that too. */
const EARLY_KILL = 7;
/** And one in so many ends in order, so that the next begins with an empty log. */
const ORDERLY_END = 6;

/** In one life in so many another process wants the folder, and must not get it. */
const SECOND_OWNER = 5;
/** One life in so many has a clock ten years ahead and drops what is older than a month. */
const CLOCK_JUMP = 11;
const JUMPED = { ...clockAhead(10 * 365 * 86_400_000), RETENTION_DAYS: '30' };

/** Readings become Parquet, and parts are merged, many times a second. */
const HURRIED = { FLUSH_INTERVAL_MS: '200', FLUSH_QUIET_MS: '100', SEGMENT_MAX_BYTES: '65536' };

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

const total = { kills: 0, secondOwners: 0, acknowledgements: 0, lost: 0, invented: 0, torn: 0 };

const killsOfFolder = (folder: number): number =>
  Math.min(CYCLES_PER_FOLDER, CYCLES - folder * CYCLES_PER_FOLDER);

const killUnderLoad = async (cycles: number, seed: number): Promise<void> => {
  const dataDir = join(await temporaryFolder(), 'data');
  const random = randomNumbers(seed);
  const ledger = new Ledger();
  const writers = Array.from(
    { length: WRITERS },
    (_, i) => new Writer(`user-${i}`, ledger, randomNumbers(seed + i + 1)),
  );
  const surprises: string[] = [];

  let kills = 0;
  for (let life = 1; kills < cycles; life++) {
    const hasJumped = life % CLOCK_JUMP === 0;
    const service = new ServiceProcess(dataDir, { ...HURRIED, ...(hasJumped ? JUMPED : {}) });
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
    if (hasJumped) {
      client.close();
      await service.kill();
      kills++;
      continue;
    }

    const before = ledger.acknowledgements;
    let isOver = false;
    const writing = writers.map((writer) => writer.write(client, () => service.isEnding));
    const reading = readOn(client, ledger, () => isOver);
    await sleep(50 + random() * 700);
    const enough = before + ACKNOWLEDGEMENTS_PER_KILL;
    const isEnough = () => ledger.acknowledgements >= enough;
    await until('enough was acknowledged', isEnough, PATIENCE_MS);
    if (life % SECOND_OWNER === 0) {
      const where = SECOND_OWNERS[(life / SECOND_OWNER) % SECOND_OWNERS.length];
      surprises.push(...(await startSecondOwner(dataDir, where as (typeof SECOND_OWNERS)[number])));
      total.secondOwners++;
    }
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
    `kills ${kills}, seed ${seed}, acknowledgements ${ledger.acknowledgements}, ` +
      `readings ${ledger.acknowledged}, checks ${ledger.checked}, lost ${lost.length}, ` +
      `invented ${invented.length}, torn batches ${torn.length}`,
  );
  // Before anything fails: what was found is told in any case.
  total.kills += kills;
  total.acknowledgements += ledger.acknowledgements;
  total.lost += lost.length;
  total.invented += invented.length;
  total.torn += torn.length;
  const some = (all: readonly string[]) => all.slice(0, 10);
  expect([lost, invented, torn, surprises].map(some)).toEqual([[], [], [], []]);
  expect(ledger.acknowledgements).toBeGreaterThanOrEqual(kills * ACKNOWLEDGEMENTS_PER_KILL);
};

for (let folder = 0; killsOfFolder(folder) > 0; folder++) {
  const kills = killsOfFolder(folder);
  const seed = SEED + 10 * folder;
  test(
    `no acknowledged reading is lost in ${kills} kills under load (seed ${seed})`,
    {
      timeout: 60_000 + kills * 10_000,
    },
    () => killUnderLoad(kills, seed),
  );
}

afterAll(() => {
  const { kills, secondOwners, acknowledgements, lost, invented, torn } = total;
  console.log(
    `in all: kills ${kills}, second owners ${secondOwners}, acknowledgements checked ${acknowledgements}, lost ${lost}, ` +
      `invented ${invented}, torn batches ${torn}, seed ${SEED}`,
  );
});
