import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { storePastReadings } from '../bench/load/past-readings.ts';
import { everySecond } from '../bench/many-days.ts';
import { BenchedService, PATIENT } from '../bench/service.ts';
import { until } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAYS = 12;
const READINGS = DAYS * 86_400;
const MIB = 2 ** 20;
const LINE_FEED = 10;

const linesIn = async (answer: AsyncIterable<Uint8Array>): Promise<number> => {
  let lines = 0;
  for await (const chunk of answer) {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) lines++;
  }
  return lines;
};

const start = async (dataDir: string, settings = {}): Promise<BenchedService> => {
  const service = new BenchedService(dataDir, settings);
  onTestFinished(() => service.kill());
  await service.ready;
  return service;
};

/** A million readings that are in Parquet, and a service that has just been started on them. */
const openMillion = async (): Promise<BenchedService> => {
  const dataDir = await temporaryFolder();
  const filling = await start(dataDir, { ...PATIENT, FLUSH_QUIET_MS: '100' });
  await storePastReadings(await filling.ready, everySecond('ann', DAYS), 10_000);
  await filling.flushed();
  await filling.stop();
  return start(dataDir);
};

test('a million readings are exported in bounded memory, and cut off without harm', async () => {
  const service = await openMillion();
  const url = `${await service.ready}/metrics/heart-rate/export?user_id=ann`;
  const ask = async (format: string): Promise<IncomingMessage> => {
    const [answer] = await once(get(`${url}&format=${format}`, { agent: false }), 'response');
    return answer as IncomingMessage;
  };
  expect(await linesIn(await ask('csv&end=2024-01-15T00:01:00Z'))).toBe(61);
  const before = { bytes: service.residentBytes(), files: service.openFiles() };
  let mostBytes = 0;
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, service.residentBytes());
  }, 20);
  expect(await linesIn(await ask('ndjson'))).toBe(READINGS);
  clearInterval(timer);
  if (process.platform === 'linux') expect(mostBytes - before.bytes).toBeLessThan(100 * MIB);

  for (const format of ['ndjson', 'csv', 'parquet', 'fhir']) {
    const answer = await ask(format);
    await once(answer, 'data');
    answer.destroy();
  }
  // As many as may run at once: none of the four counts any more.
  await until('all have ended', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('ndjson')));
    for (const answer of answers) answer.destroy();
    return answers.every(({ statusCode }) => statusCode === 200);
  });
  // The thread that wrote Parquet has some of its own.
  await until('the files are closed', () => !(service.openFiles() > before.files + 6));
  expect((await fetch(`${await service.ready}/readyz`)).status).toBe(200);
  expect(await linesIn(await ask('csv&end=2024-01-15T00:01:00Z'))).toBe(61);
  await service.stop();
});
