import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { HEART_RATE } from '../cli/heart-rate.ts';
import { ServiceProcess } from '../crash/service-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Megabytes of export.xml: `IMPORT_MEGABYTES=2048` for what people with ten years have. */
const MEGABYTES = Number(process.env.IMPORT_MEGABYTES ?? 150);
const MAX_RSS_MEGABYTES = 400;
const START_MS = Date.UTC(2015, 0, 1);

const appleTime = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} +0000`;

/** An export in which one record of three is a heart rate. */
function* exportXml(bytes: number): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_GB">\n';
  for (let written = 0, i = 0; written < bytes; i += 100) {
    let piece = '';
    for (let j = i; j < i + 100; j++) {
      const time = appleTime(START_MS + j * 5_000);
      const type = ['HeartRate', 'StepCount', 'ActiveEnergyBurned'][j % 3];
      piece +=
        ` <Record type="HKQuantityTypeIdentifier${type}" sourceName="Watch" sourceVersion="10.2" ` +
        'device="&lt;&lt;HKDevice: 0x281, name:Apple Watch, manufacturer:Apple Inc., model:Watch, ' +
        `hardware:Watch6,2, software:10.2&gt;" unit="${j % 3 === 0 ? 'count/min' : 'count'}" ` +
        `creationDate="${time}" startDate="${time}" endDate="${time}" value="${50 + (j % 100)}"/>\n`;
    }
    written += piece.length;
    yield piece;
  }
  yield '</HealthData>\n';
}

test('an export of any size is imported with bounded memory', { timeout: 900_000 }, async () => {
  const folder = await temporaryFolder();
  const service = new ServiceProcess(join(folder, 'data'));
  const url = await service.ready();
  const path = join(folder, 'export.xml');
  await pipeline(Readable.from(exportXml(MEGABYTES * 1_000_000)), createWriteStream(path));
  // Prints the most memory that the process had, when it ends.
  const meter =
    'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';
  const beganMs = performance.now();
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    `--import=${meter}`,
    HEART_RATE,
    'import',
    path,
    '--user',
    'user_123',
    '--url',
    url,
    '--json',
  ]);
  const seconds = (performance.now() - beganMs) / 1000;
  const [{ result }] = JSON.parse(stdout).files;
  const megabytes = Number(stderr) / 1024;
  console.log(
    `${MEGABYTES} MB of export.xml, ${result.stored} readings: ${seconds.toFixed(1)} s, ` +
      `at most ${megabytes.toFixed(0)} MB of memory`,
  );
  expect(result.stored).toBeGreaterThan(MEGABYTES * 500);
  expect(megabytes).toBeLessThan(MAX_RSS_MEGABYTES);
});
