import { readFile as readBytes, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type ImportRequest, importFiles } from '../../src/cli/import/import-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { fitActivity, writeZip } from './made-files.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());
afterEach(() => vi.restoreAllMocks());

const fixture = (name: string): Promise<Buffer> =>
  readBytes(fileURLToPath(new URL(`../fixtures/import/${name}`, import.meta.url)));

const HEALTH = '<?xml version="1.0"?><HealthData>';
const RECORD =
  '<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="w" unit="count/min" ' +
  'startDate="2024-01-15 10:00:00 +0000" value="70"/>';
const READING =
  '{"user_id":"user_bad","device_id":"a","timestamp":"2024-01-15T10:00:00Z","heart_rate":70}';
const FITBIT = '{"dateTime":"01/15/24 10:00:05","value":{"bpm":68,"confidence":3}}';
const LAUGHS = `<?xml version="1.0"?><!DOCTYPE HealthData [<!ENTITY a "aaaaaaaaaa"><!ENTITY b
  "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><HealthData>&c;${RECORD}`;

const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 0xff : byte));

type Content = string | Uint8Array | (() => Promise<Uint8Array>);

/** After a sentence that ended. */
const NOTHING = '. Nothing was acknowledged as stored.\n';

/** A file, what the command ends with, and what it says. Nothing is stored of any of them. */
const FILES: readonly [what: string, content: Content, code: number, message: string][] = [
  ['an empty file', '', 2, 'no known form'],
  ['bytes of no form', new Uint8Array([0, 1, 2, 3, 255]), 2, 'no known form'],
  ['prose', 'Dear diary, my heart went fast.\n', 2, 'no known form'],
  [
    'a table without a heart rate',
    'timestamp,steps\n2024-01-15T10:00:00Z,70\n',
    2,
    'no known form',
  ],
  ['JSON of something else', '{"steps":[1,2]}', 2, 'no known form'],
  ['XML of something else', '<gpx><trk/></gpx>', 2, 'no known form'],
  ['HTML', '<!doctype html><html><body>Sign in</body></html>', 2, 'no known form'],
  ['Apple: cut off', `${HEALTH}${RECORD}`, 1, NOTHING],
  ['Apple: not well-formed', `${HEALTH}${RECORD}</Health>`, 1, 'no well-formed XML'],
  ['Apple: entities of a DTD', `${LAUGHS}</HealthData>`, 1, 'Invalid character entity'],
  ['Apple: nested too deep', `${HEALTH}${RECORD}${'<a>'.repeat(200)}`, 1, 'nested 101 deep'],
  ['Apple: no UTF-8', Buffer.from(`${HEALTH}\xff${RECORD}</HealthData>`, 'latin1'), 1, 'not UTF-8'],
  [
    'Apple: an attribute without end',
    `${HEALTH}${RECORD}<Record type="${'x'.repeat(3_000_000)}`,
    1,
    'Max buffer length exceeded',
  ],
  ['Apple: no heart rates', `${HEALTH}</HealthData>`, 1, 'no heart rates'],
  ['Apple: a rate of 300', `${HEALTH}${RECORD.replace('70', '300')}</HealthData>`, 1, 'None of'],
  ['Apple: no time', `${HEALTH}${RECORD.replace('startDate', 'x')}</HealthData>`, 1, 'None of'],
  ['TCX: cut off', '<TrainingCenterDatabase><Activities><Activity>', 1, NOTHING],
  ['Fitbit: cut off', `[${FITBIT},`, 1, 'no whole JSON'],
  ['Fitbit: followed by rubbish', `[${FITBIT}] rubbish`, 1, 'no whole JSON'],
  ['Fitbit: another date', `[${FITBIT.replace('01/15/24', '2024-01-15')}]`, 1, 'None of'],
  ['Fitbit: no value', `[${FITBIT.replace('68', 'null')}]`, 1, 'None of'],
  [
    'Google Fit: cut off',
    '{"Data Points":[{"dataTypeName":"com.google.heart_rate.bpm"',
    1,
    NOTHING,
  ],
  ['Oura: a date alone', '{"data":[{"bpm":60,"timestamp":"2024-01-15"}]}', 1, 'None of'],
  [
    'Polar: seconds after the day',
    '{"deviceDays":[{"date":"2024-01-15","samples":[{"heartRate":60,"secondsFromDayStart":90000}]}]}',
    1,
    'None of',
  ],
  ['Polar: nested too deep', `{"exercises":[${'['.repeat(200)}`, 1, 'nested too deep'],
  ['Samsung: no columns', 'com.samsung.shealth.tracker.heart_rate,1,2\na,b\n1,2\n', 2, '--column'],
  [
    'CSV: a quote without end',
    'timestamp,bpm\n"2024-01-15T10:00:00Z,70\n',
    1,
    'no well-formed CSV',
  ],
  ['CSV: short rows', 'timestamp,bpm,device\n2024-01-15T10:00:00Z\n', 1, 'None of'],
  ['CSV: no device', 'timestamp,bpm\n2024-01-15T10:00:00Z,70\n', 1, 'None of'],
  ['CSV: hexadecimal', 'timestamp,bpm,device\n2024-01-15T10:00:00Z,0x46,a\n', 1, 'None of'],
  ['CSV: a date that is none', 'time,bpm,device\n2024-02-30T10:00:00Z,70,a\n', 1, 'None of'],
  ['CSV: a row without end', `time,bpm\n${'x'.repeat(3_000_000)}`, 1, 'no well-formed CSV'],
  ['NDJSON: another user', `${READING.replace('user_bad', 'user_x')}\n`, 1, 'None of'],
  ['NDJSON: a text as value', `${READING.replace(':70', ':"70 bpm"')}\n`, 1, 'None of'],
  ['NDJSON: a line without end', `${READING}\n${'x'.repeat(3_000_000)}`, 1, 'is longer than'],
  ['NDJSON: the year 2300', `${READING.replace('2024', '2300')}\n`, 1, 'None of'],
  ['JSON: cut off', `{"readings":[${READING}`, 1, 'no whole JSON'],
  ['FHIR: another code', '{"resourceType":"Observation","code":{}}\n', 1, 'None of'],
  ['FIT: a flipped bit', flipped(fitActivity(), 40), 1, 'size or checksum'],
  ['FIT: cut off', fitActivity().slice(0, -5), 1, 'size or checksum'],
  ['Parquet: nothing but its magic', 'PAR1PAR1', 1, 'no whole Parquet'],
  ['ZIP: nothing but its magic', 'PK\x03\x04', 1, 'no readable ZIP'],
  ['ZIP: nothing known', async () => zipOf({ 'a.txt': 'x' }), 2, 'Nothing in the archive'],
  [
    'ZIP: a damaged entry',
    async () => flipped(await zipOf({ 'export.xml': `${HEALTH}${RECORD.repeat(9)}` }), 60),
    1,
    'archive is damaged',
  ],
  [
    'ZIP: a bomb of blanks',
    async () => zipOf({ 'export.xml': `${HEALTH}${RECORD}${' '.repeat(50_000_000)}` }),
    1,
    'characters without a tag',
  ],
  [
    'ZIP: a bomb of one JSON text',
    async () => zipOf({ 'heart.json': `[${FITBIT},{"dateTime":"${'1'.repeat(80_000_000)}` }),
    1,
    'An item is longer than',
  ],
  [
    'ZIP: a broken file after a good one',
    async () => zipOf({ 'a.json': `[${FITBIT}]`, 'b.json': `[${FITBIT},` }),
    1,
    'no whole JSON',
  ],
];

const zipOf = async (entries: Record<string, string>): Promise<Uint8Array> =>
  readBytes(await writeZip(join(await temporaryFolder(), 'made.zip'), entries));

test.each(FILES)('%s', async (_, content, code, message) => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const folder = await temporaryFolder();
  const file = join(folder, 'file');
  await writeFile(file, typeof content === 'function' ? await content() : content);
  const ended = await importFiles([file], { user: 'user_bad', url: server.url });
  expect(said.mock.calls.join('')).toContain(message);
  expect(ended).toBe(code);
  // No batch was sent, so that there is none to go on behind; each sentence ends once.
  expect(said.mock.calls.join('')).not.toMatch(/Only whole batches|--resume|\.\.|[^.] Nothing was/);
  // Nothing but what was rejected.
  const others = (await readdir(folder)).filter((name) => name !== 'file');
  expect(others).toEqual(message === 'None of' ? ['file.rejected.ndjson'] : []);
  const latest = await fetch(`${server.url}/metrics/heart-rate/latest?user_id=user_bad`);
  expect(latest.status).toBe(404);
});

const MISTAKES: readonly [string, Partial<ImportRequest> & { file?: string }, string][] = [
  ['a file that is not there', { file: '/not/there' }, 'ENOENT'],
  ['a folder', { file: '/' }, 'It is no file'],
  ['an unknown zone', { tz: 'Europe/Atlantis' }, 'no known time zone'],
  ['an unknown format', { format: 'garmin' }, '--format garmin is not known. There are:'],
  ['a device id with a control character', { device: 'a\nb' }, 'no device id'],
  ['a column that is not there', { column: { time: 'when' } }, 'has no column "when"'],
];

test.each(MISTAKES)('%s is a mistake of whoever asks', async (_, { file, ...asked }, message) => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const table = join(await temporaryFolder(), 'readings.csv');
  await writeFile(table, await fixture('readings.csv'));
  const run = importFiles([file ?? table], { user: 'user_bad', url: server.url, ...asked });
  const ended = await run.catch((error: Error) => `${error.name}: ${error.message}`);
  expect(`${ended} ${said.mock.calls.join('')}`).toContain(message);
  expect(String(ended)).toMatch(/^(2$|UsageError)/);
});
