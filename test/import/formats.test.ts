import { readFile as readBytes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { FORMATS } from '../../src/import/formats/formats.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fitActivity, fitMonitoring, writeZip } from './made-files.ts';
import { readFile } from './rows-of-file.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/import/${name}`, import.meta.url));

/** Each file, what it is, and every reading and rejected row of it. */
const FILES: readonly [file: string, format: string, readings: string[], rejected?: string[]][] = [
  [
    'apple-export.xml',
    'apple-health',
    ['annas-apple-watch 2024-01-15T10:00:00Z 72', 'h10-co 2024-07-15T09:00:05Z 71.5'],
    [
      'heart rate 3: its unit is "count/s", not count/min',
      'heart rate 4: its heart rate must be a number from 30 to 220, not "250"',
    ],
  ],
  [
    'heart_rate-2024-01-15.json',
    'fitbit',
    ['fitbit 2024-01-15T10:00:05Z 68', 'fitbit 2024-01-15T23:59:55Z 70'],
    ['item 2: its heart rate must be a number from 30 to 220, not 0'],
  ],
  [
    'fitbit-intraday.json',
    'fitbit-intraday',
    ['fitbit 2024-01-14T23:00:05Z 64', 'fitbit 2024-01-15T11:30:00Z 65'],
  ],
  [
    'google-fit.json',
    'google-fit',
    [
      'com-example-run-acme-pulse-2 2024-01-15T10:00:00.123456Z 62.5',
      'google-fit 2024-01-15T10:01:00Z 63',
    ],
  ],
  [
    'google-health.csv',
    'google-health-csv',
    ['pixel-watch-2 2024-01-15T10:00:00Z 71', 'pixel-watch-2 2024-01-15T10:00:05Z 72'],
  ],
  ['oura.json', 'oura', ['oura 2024-01-15T01:02:03Z 60', 'oura 2024-01-15T07:02:03.5Z 61']],
  [
    'oura-heartrate.csv',
    'oura-csv',
    ['oura 2024-01-15T01:02:03Z 60', 'oura 2024-01-15T01:07:03Z 59'],
  ],
  [
    'polar-training-session.json',
    'polar-session',
    ['polar 2024-01-15T09:00:00Z 92', 'polar 2024-01-15T09:00:02Z 94'],
  ],
  [
    'polar-247ohr.json',
    'polar-247ohr',
    ['polar-0a1b2c3d 2024-01-14T23:00:10Z 52', 'polar-0a1b2c3d 2024-01-15T22:59:59Z 53'],
  ],
  [
    'polar-continuous.json',
    'polar-continuous',
    ['polar 2024-01-14T23:02:08Z 63', 'polar 2024-01-14T23:07:08Z 64'],
  ],
  [
    'samsung.csv',
    'samsung-health',
    ['samsung-vfs0querdz 2024-01-15T09:00:00Z 66', 'samsung-vfs0querdz 2024-01-15T09:10:00Z 67'],
  ],
  [
    'activity.tcx',
    'tcx',
    ['forerunner-955 2024-01-15T10:00:00Z 100', 'forerunner-955 2024-01-15T10:00:02Z 102'],
  ],
  [
    'readings.csv',
    'csv',
    [
      'device_a 2024-01-15T10:00:00Z 70',
      'strap "2", left 2024-01-15T10:00:00.000001Z 71.12345678901235',
    ],
  ],
  [
    'readings.ndjson',
    'ndjson',
    ['device_a 2024-01-15T10:00:00Z 70', 'device_b 2024-01-15T10:00:00.25Z 80.5'],
    [
      'line 3: it is a reading of another user, "somebody"',
      expect.stringMatching(/^line 4: it is no JSON: /),
    ],
  ],
  ['batch.json', 'json', ['device_a 2024-01-15T10:00:00Z 70']],
  [
    'observations.ndjson',
    'fhir',
    ['device_a 2024-01-15T10:00:00.000001Z 70.25'],
    ['line 2: its code is not LOINC 8867-4'],
  ],
  ['bundle.json', 'fhir-bundle', ['h10 2024-01-15T09:00:00Z 71']],
];

test.each(FILES)(
  '%s is %s, and these are its readings',
  async (file, format, readings, bad = []) => {
    const read = await readFile(fixture(file), { tz: 'Europe/Berlin' });
    expect(read).toEqual({ formats: [format], readings, rejected: bad });
  },
);

test('every format has such a file, or one that is made here', () => {
  const here = ['fit', 'parquet'];
  const names = FORMATS.map(({ name }) => name);
  expect(new Set([...FILES.map(([, format]) => format), ...here])).toEqual(new Set(names));
});

test('a table of any names, in local time, where an hour comes twice and one never', async () => {
  const settings = { tz: 'Europe/Berlin', device: 'strap' };
  const read = await readFile(fixture('table.csv'), settings);
  expect(read).toEqual({
    formats: ['csv'],
    readings: [
      'strap 2024-10-26T23:30:00Z 60',
      'strap 2024-10-27T00:30:00Z 61',
      'strap 2024-10-27T01:30:00Z 62',
      'strap 2024-10-27T02:30:00Z 63',
    ],
    rejected: [
      'line 6: 2024-03-31 02:30:00 never was on the clocks of this zone, which were put forward',
    ],
  });
});

test('columns by option, and times in seconds, milliseconds and microseconds', async () => {
  const path = join(await temporaryFolder(), 'odd.csv');
  await writeFile(
    path,
    '\ufeffwhen;rate;who\n1705312800;70;a b\n1705312800123;71;c\n1705312800123456;72;c\n',
  );
  const columns = { time: 'when', heart_rate: 'rate', device: 'who' };
  const read = await readFile(path, { columns, format: 'csv' });
  expect(read.readings).toEqual([
    'a b 2024-01-15T10:00:00Z 70',
    'c 2024-01-15T10:00:00.123Z 71',
    'c 2024-01-15T10:00:00.123456Z 72',
  ]);
});

test('FIT: an activity, and monitoring with half timestamps', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a'), fitActivity());
  await writeFile(join(folder, 'm'), fitMonitoring());
  const activity = await readFile(join(folder, 'a'));
  expect(activity.formats).toEqual(['fit']);
  expect(activity.readings).toEqual([
    expect.stringMatching(/^garmin-\S+ 2024-01-15T10:00:00Z 120$/),
    expect.stringMatching(/^garmin-\S+ 2024-01-15T10:00:02Z 122$/),
  ]);
  const monitoring = await readFile(join(folder, 'm'), { device: 'g' });
  expect(monitoring.readings).toEqual([
    'g 2024-01-15T10:01:00Z 61',
    'g 2024-01-15T21:06:40Z 62',
    'g 2024-01-16T11:00:00Z 63',
  ]);
});

test('Parquet keeps microseconds and every bit of a double', async () => {
  const path = join(await temporaryFolder(), 'p');
  const micros = [1_705_312_800_000_001n, 1_705_312_800_123_456n];
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'device_id', data: ['a', 'b'] },
      { name: 'timestamp', data: micros },
      { name: 'heart_rate', data: [70.1, 1 / 3 + 60] },
    ],
    schema: [
      { name: 'root', num_children: 3 },
      {
        name: 'device_id',
        type: 'BYTE_ARRAY',
        converted_type: 'UTF8',
        repetition_type: 'REQUIRED',
      },
      {
        name: 'timestamp',
        type: 'INT64',
        repetition_type: 'REQUIRED',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      },
      { name: 'heart_rate', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    ],
  });
  await writeFile(path, new Uint8Array(bytes));
  expect((await readFile(path)).readings).toEqual([
    'a 2024-01-15T10:00:00.000001Z 70.1',
    `b 2024-01-15T10:00:00.123456Z ${1 / 3 + 60}`,
  ]);
});

test('an archive: what is known in it is read in order, everything else passed over', async () => {
  const entries = {
    'Takeout/Fitbit/Global Export Data/heart_rate-2024-01-15.json': await readBytes(
      fixture('heart_rate-2024-01-15.json'),
    ),
    'Takeout/Fitbit/Global Export Data/steps-2024-01-15.json':
      '[{"dateTime":"01/15/24","value":"3"}]',
    // A table of anything else may have such columns.
    'Takeout/notes.csv': 'time,value\n2024-01-15T10:00:00Z,70\n',
    'DI_CONNECT/activity.fit': fitActivity(),
  };
  const path = join(await temporaryFolder(), 'takeout.zip');
  await writeZip(path, entries);
  const read = await readFile(path);
  expect(read.formats).toEqual(['fitbit', 'fit']);
  expect(read.readings).toHaveLength(4);
});

test('export.zip of Apple Health', async () => {
  const path = join(await temporaryFolder(), 'export.zip');
  await writeZip(path, {
    'apple_health_export/export_cda.xml': '<?xml version="1.0"?><ClinicalDocument/>',
    'apple_health_export/export.xml': await readBytes(fixture('apple-export.xml')),
  });
  const read = await readFile(path, { map: { 'H10 & Co': 'polar_h10' }, device: 'watch' });
  expect(read.formats).toEqual(['apple-health']);
  expect(read.readings).toEqual([
    'watch 2024-01-15T10:00:00Z 72',
    'polar_h10 2024-07-15T09:00:05Z 71.5',
  ]);
});
