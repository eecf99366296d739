import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import JSONSchemaValidator from '@asymmetrik/fhir-json-schema-validator';
import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import type { components } from '../../../generated/openapi-types.ts';
import { parseTimestamp } from '../../../src/readings/timestamp.ts';
import { query } from '../../storage/duckdb.ts';
import type { Row } from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { NDJSON_TYPE, openTestService } from '../../support/test-service.ts';

type StoredReading = components['schemas']['StoredReading'];

const USER = 'ann, "the runner"; =1+1 \u{1f493}';

/** What formats get wrong: quotes, commas, signs, order of code points, microseconds, doubles. */
const READINGS: readonly StoredReading[] = [
  ['device_a', '2024-01-15T10:00:00Z', 75],
  ['=cmd|" /C calc"!A0', '2024-01-15T10:00:00.000001Z', 75.1],
  [' "quoted", with a comma ', '2024-01-15T10:00:00.000001Z', 30],
  ['+49,5', '2024-01-15T10:00:00.1Z', 220],
  ['\\back\\slash\u2028\u00a0x', '2024-01-15T10:00:01.999999Z', 72.33333333333333],
  ['é', '1970-01-01T00:00:00Z', 59.99999999999999],
  ['\uffee', '2199-12-31T23:59:59.999999Z', 30.000000000000004],
  ['\u{1f600}', '2199-12-31T23:59:59.999999Z', 219.99999999999997],
].map(([device_id, timestamp, heart_rate]) => ({
  device_id: device_id as string,
  user_id: USER,
  timestamp: timestamp as string,
  heart_rate: heart_rate as number,
}));

const rowOf = ({ device_id, timestamp, heart_rate }: StoredReading): Row => [
  device_id,
  parseTimestamp(timestamp) as number,
  heart_rate,
];

const EXPECTED: readonly Row[] = READINGS.map(rowOf).sort(
  (a, b) => a[1] - b[1] || Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])),
);

const SEARCH = `?user_id=${encodeURIComponent(USER)}`;

/** The readings as a file of the format; `more` at 1 Hz come with them. */
const exported = async (format: string, more = 0): Promise<Buffer<ArrayBuffer>> => {
  const service = await openTestService();
  await service.postJson('/metrics/heart-rate/batch', { readings: READINGS });
  for (let from = 0; from < more; from += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, i) =>
      JSON.stringify({
        device_id: 'more',
        user_id: USER,
        timestamp: new Date(Date.UTC(2024, 5, 1) + (from + i) * 1000).toISOString(),
        heart_rate: 60 + (i % 50) / 3,
      }),
    );
    await service.post('/metrics/heart-rate/batch', lines.join('\n'), NDJSON_TYPE);
  }
  const answer = await service.app.fetch(
    new Request(`http://service.test/metrics/heart-rate/export${SEARCH}&format=${format}`),
  );
  expect(answer.status).toBe(200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  await service.close();
  return bytes;
};

const saved = async (format: string, more = 0): Promise<string> => {
  const path = join(await temporaryFolder(), `readings.${format}`);
  await writeFile(path, await exported(format, more));
  return path;
};

test('ndjson has every reading to the last bit, and a batch takes it as it is', async () => {
  const text = (await exported('ndjson')).toString();
  const lines = text.split('\n').slice(0, -1);
  expect(lines.map((line) => rowOf(JSON.parse(line)))).toEqual(EXPECTED);
  expect(JSON.parse(lines[0] as string).user_id).toBe(USER);

  const other = await openTestService();
  const answer = await other.post('/metrics/heart-rate/batch', text, NDJSON_TYPE);
  expect(await answer.json()).toMatchObject({ status: 'accepted', count: READINGS.length });
  const again = await other.get(`/metrics/heart-rate/export${SEARCH}`);
  expect(await again.text()).toBe(text);
  await other.close();
});

test('csv is read by DuckDB, Polars and whoever knows RFC 4180, to the last bit', async () => {
  const path = await saved('csv');
  const types =
    "{'device_id': 'VARCHAR', 'user_id': 'VARCHAR', 'timestamp': 'VARCHAR', 'heart_rate': 'DOUBLE'}";
  const rows = await query(
    `SELECT * FROM read_csv('${path}', header = true, delim = ',', quote = '"', escape = '"', columns = ${types})`,
  );
  expect(rows.map((row) => rowOf(row as unknown as StoredReading))).toEqual(EXPECTED);
  expect(new Set(rows.map((row) => row.user_id))).toEqual(new Set([USER]));
  const frame = pl.readCSV(path, {
    dtypes: { device_id: pl.Utf8, user_id: pl.Utf8, timestamp: pl.Utf8, heart_rate: pl.Float64 },
  });
  const records = frame.toRecords() as unknown as StoredReading[];
  expect(records.map(rowOf)).toEqual(EXPECTED);
});

test('csv has a header, ends each record with CRLF and quotes what needs it', async () => {
  const records = (await exported('csv')).toString().split('\r\n');
  expect(records[0]).toBe('device_id,user_id,timestamp,heart_rate');
  expect(records.at(-1)).toBe('');
  const user = '"ann, ""the runner""; =1+1 \u{1f493}"';
  expect(records).toContain(`device_a,${user},2024-01-15T10:00:00Z,75`);
  // Not altered, whatever a spreadsheet makes of it.
  expect(records).toContain(`"=cmd|"" /C calc""!A0",${user},2024-01-15T10:00:00.000001Z,75.1`);
  expect(records).toContain(`"+49,5",${user},2024-01-15T10:00:00.1Z,220`);
});

interface Observation {
  readonly subject: { readonly identifier: { readonly value: string } };
  readonly device: { readonly identifier: { readonly value: string } };
  readonly effectiveDateTime: string;
  readonly valueQuantity: { readonly value: number };
}

test('fhir is what the published R4 schema asks for, and has every reading to the last bit', async () => {
  const validator = new JSONSchemaValidator();
  const lines = (await exported('fhir')).toString().split('\n').slice(0, -1);
  const observations = lines.map((line) => JSON.parse(line) as Observation);
  for (const observation of observations) {
    // Of the schema's pattern `\S` leaves out more blanks in ECMAScript than in XML Schema, which R4
    // has its patterns from.
    if (/[^\S ]/.test(observation.device.identifier.value)) continue;
    expect(validator.validate(observation)).toEqual([]);
  }
  expect(
    observations.map((one) => [
      one.device.identifier.value,
      parseTimestamp(one.effectiveDateTime),
      one.valueQuantity.value,
    ]),
  ).toEqual(EXPECTED);
  expect(observations[1]).toEqual({
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'vital-signs',
            display: 'Vital Signs',
          },
        ],
      },
    ],
    code: {
      coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }],
      text: 'Heart rate',
    },
    subject: { type: 'Patient', identifier: { value: USER } },
    device: { type: 'Device', identifier: { value: 'device_a' } },
    effectiveDateTime: '2024-01-15T10:00:00Z',
    valueQuantity: {
      value: 75,
      unit: 'beats/minute',
      system: 'http://unitsofmeasure.org',
      code: '/min',
    },
  });
  // The schema is not one that takes anything.
  expect(validator.validate({ ...observations[1], status: 1 })).not.toEqual([]);
  expect(validator.validate({ ...observations[1], heart_rate: 75 })).not.toEqual([]);
});

const MORE = 20_000;

test('DuckDB reads parquet, several row groups of it, to the last bit', async () => {
  const path = await saved('parquet', MORE);
  const rows = await query(
    `SELECT device_id, user_id, epoch_us("timestamp") AS micros, heart_rate FROM '${path}'`,
  );
  const found = rows.map((row) => [row.device_id, Number(row.micros), row.heart_rate] as Row);
  expect(found).toHaveLength(READINGS.length + MORE);
  expect(found.filter(([device]) => device !== 'more')).toEqual(EXPECTED);
  expect(new Set(rows.map((row) => row.user_id))).toEqual(new Set([USER]));
  // Lost where statistics are in the order of UTF-16, in which another id is the last.
  const [counted] = await query(
    `SELECT count(*) AS n FROM '${path}' WHERE device_id = '\u{1f600}'`,
  );
  expect(Number(counted?.n)).toBe(1);
});

test('Polars reads parquet to the last bit, also with a filter', async () => {
  const path = await saved('parquet', MORE);
  const rows = pl.readParquet(path).withColumn(pl.col('timestamp').cast(pl.Int64));
  const records = rows
    .toRecords()
    .map((row): Row => [row.device_id as string, Number(row.timestamp), row.heart_rate as number]);
  expect(records).toHaveLength(READINGS.length + MORE);
  expect(records.filter(([device]) => device !== 'more')).toEqual(EXPECTED);
  const filtered = await pl
    .scanParquet(path)
    .filter(pl.col('device_id').eq(pl.lit('\u{1f600}')))
    .collect();
  expect(filtered.height).toBe(1);
});

test('pandas reads parquet to the last bit', async () => {
  if (spawnSync('python3', ['-c', 'import pandas, pyarrow']).status !== 0) {
    console.warn('skipped: no python3 that imports pandas and pyarrow');
    return;
  }
  const path = await saved('parquet');
  const code = `
import json, sys, pandas
rows = pandas.read_parquet(sys.argv[1])
assert str(rows['timestamp'].dt.tz) == 'UTC', rows['timestamp'].dtype
rows['timestamp'] = rows['timestamp'].astype('datetime64[us, UTC]').astype('int64')
print(json.dumps(rows[['device_id', 'timestamp', 'heart_rate']].values.tolist()))`;
  const output = execFileSync('python3', ['-c', code, path], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual(EXPECTED);
});
