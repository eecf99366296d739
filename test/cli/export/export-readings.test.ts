import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { UsageError } from '../../../src/cli/exit-codes.ts';
import { exportReadings } from '../../../src/cli/export/export-readings.ts';
import { json, type Step, startScriptedServer } from '../../support/scripted-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

afterEach(() => vi.restoreAllMocks());

const LINE = '{"device_id":"a","user_id":"u","timestamp":"2024-01-15T10:00:00Z","heart_rate":70}\n';

const body =
  (...pieces: readonly (string | Uint8Array)[]): Step =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    for (const piece of pieces) response.write(piece);
    response.end();
  };

const cutOff: Step = (response) => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.write(LINE, () => response.socket?.destroy());
};

const exported = async (step: Step, format = 'ndjson') => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { baseUrl, received } = await startScriptedServer(step);
  const folder = await temporaryFolder();
  const output = join(folder, 'out');
  await writeFile(output, 'what was there');
  const request = { url: `${baseUrl}/`, user: 'u &', device: 'd', format, output };
  const code = await exportReadings(request);
  const text = await readFile(output, 'utf8');
  // A temporary file that stayed would be here.
  expect(await readdir(folder)).toEqual(['out']);
  return { code, text, said: said.mock.calls.join(''), url: received[0]?.url };
};

test('a whole export replaces the file', async () => {
  const { code, text, url, said } = await exported(body(LINE, LINE));
  expect([code, text]).toEqual([0, LINE + LINE]);
  expect(url).toBe('/metrics/heart-rate/export?user_id=u+%26&device_id=d&format=ndjson');
  expect(said).toContain('166 bytes, complete');
});

test.each<[string, Step, string, string]>([
  ['one that breaks off', cutOff, 'ndjson', 'Nothing was written: '],
  ['a half line', body(LINE, LINE.slice(0, 20)), 'ndjson', 'no whole ndjson export'],
  ['Parquet without its end', body('PAR1', 'data'), 'parquet', 'no whole parquet export'],
  ['nothing', body(), 'csv', 'no whole csv export'],
  [
    'no readings',
    json(404, { type: 'urn:problem:heart-rate:no-readings', title: 'No readings', status: 404 }),
    'ndjson',
    'Nothing was written: 404 No readings',
  ],
])('%s fails, and the file stays as it was', async (_, step, format, message) => {
  const { code, text, said } = await exported(step, format);
  expect([code, text]).toEqual([1, 'what was there']);
  expect(said).toContain(message);
});

test('Parquet that ends as it should', async () => {
  expect((await exported(body('PAR1', 'dataP', 'AR1'), 'parquet')).code).toBe(0);
});

test('a folder is refused before the service is asked', async () => {
  const { baseUrl, received } = await startScriptedServer(body(LINE));
  const output = await temporaryFolder();
  const asked = exportReadings({ url: baseUrl, user: 'u', format: 'ndjson', output });
  await expect(asked).rejects.toThrow(UsageError);
  await expect(asked).rejects.toThrow(`--output ${output} is a folder`);
  expect(received).toEqual([]);
});
