import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type ImportRequest, importFiles } from '../../../src/cli/import/import-files.ts';
import { json, type Step, startScriptedServer } from '../../support/scripted-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const READING =
  '{"user_id":"u","device_id":"a","timestamp":"2024-01-15T10:00:00","heart_rate":70}\n';
const accepted = (count: number): Step =>
  json(200, { status: 'accepted', count, rejected: 0, errors: [] });

const imported = async (content: string, step: Step, asked: Partial<ImportRequest> = {}) => {
  const said = [process.stdout, process.stderr].map((output) =>
    vi.spyOn(output, 'write').mockClear().mockReturnValue(true),
  );
  onTestFinished(() => void vi.restoreAllMocks());
  const { baseUrl } = await startScriptedServer(step);
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, content);
  const code = await importFiles([file], { user: 'u', url: baseUrl, ...asked });
  return { code, file, said: said.flatMap(({ mock }) => mock.calls).join('') };
};

test('one is not spoken of as several, and several are not as one', async () => {
  const one = await imported(`${READING}no\n`, accepted(1));
  expect(one.said).toBe(
    `${one.file} (ndjson): 1 reading stored\n  1 row rejected: ${one.file}.rejected.ndjson\n` +
      '  1 has a local time, taken as UTC; --tz says of which zone\n',
  );
  const two = await imported(`${READING}${READING}no\nno\n`, accepted(2));
  expect(two.said).toContain(': 2 readings stored\n  2 rows rejected: ');
});

test('as JSON it says where the rejected rows are, whose reason is in words', async () => {
  const { file, said } = await imported(`${READING}no\n`, accepted(1), { json: true });
  const [outcome] = JSON.parse(said).files;
  expect(outcome.rejectedPath).toBe(`${file}.rejected.ndjson`);
  const { reason } = JSON.parse(await readFile(outcome.rejectedPath, 'utf8'));
  expect(reason).toMatch(/^it is no JSON: Unexpected token/);
  const none = await imported(READING, accepted(1), { json: true });
  expect(none.said).not.toContain('rejectedPath');
});

test('a service that refuses all: one full stop a sentence, and no way to go on', async () => {
  const problem = { title: 'No key', status: 401, detail: 'Send one: Bearer <key>.' };
  const { code, said } = await imported(READING, json(401, problem));
  expect(code).toBe(1);
  expect(said).toMatch(/Bearer <key>\. Nothing was acknowledged as stored\.\n$/);
});

test('a service that refuses after the first batch: what is stored stays, and how to go on', async () => {
  let batches = 0;
  const step: Step = (response, request) =>
    (batches++ === 0 ? accepted(5_000) : json(401, { title: 'No key.', status: 401 }))(
      response,
      request,
    );
  const { code, said } = await imported(READING.repeat(5_001), step);
  expect(code).toBe(1);
  expect(said).toMatch(/No key\. What was acknowledged is stored\. The same command with --resume/);
});
