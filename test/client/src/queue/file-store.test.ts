import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Reading } from '../../../../client/src/index.ts';
import { fileStore } from '../../../../client/src/queue/file-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const reading = (heart_rate: number): Reading => ({
  user_id: 'Zoë\n',
  device_id: 'device_a',
  timestamp: '2024-01-15T10:00:00Z',
  heart_rate,
});

const newPath = async (): Promise<string> => join(await temporaryFolder(), 'queue.jsonl');

/** What another process would find. */
const found = async (path: string): Promise<number[]> => {
  const store = fileStore(path);
  const rates = (await store.load()).map(({ heart_rate }) => heart_rate);
  await store.close();
  return rates;
};

test('what was appended and not removed is found again, in order', async () => {
  const path = await newPath();
  const store = fileStore(path);
  expect(await store.load()).toEqual([]);
  await store.append([70, 71, 72].map(reading));
  await store.remove(2);
  await store.append([reading(73)]);
  await store.close();
  const again = fileStore(path);
  expect(await again.load()).toEqual([reading(72), reading(73)]);
  await again.remove(1);
  await again.close();
  expect(await found(path)).toEqual([73]);
});

test('an empty queue leaves an empty file', async () => {
  const path = await newPath();
  const store = fileStore(path);
  await store.load();
  await store.append([reading(70)]);
  await store.remove(1);
  expect((await stat(path)).size).toBe(0);
  await store.append([reading(71)]);
  await store.close();
  expect(await found(path)).toEqual([71]);
});

test('a line cut off anywhere is left out, and what is appended later is whole', async () => {
  const path = await newPath();
  const store = fileStore(path);
  await store.load();
  await store.append([reading(70)]);
  const whole = await readFile(path);
  await store.append([reading(71)]);
  await store.close();
  const bytes = await readFile(path);
  for (let length = whole.length; length < bytes.length; length++) {
    await writeFile(path, bytes.subarray(0, length));
    const cut = fileStore(path);
    expect(await cut.load()).toEqual([reading(70)]);
    await cut.append([reading(72)]);
    await cut.close();
    expect(await found(path)).toEqual([70, 72]);
  }
});

test('a damaged line elsewhere is an error that names it', async () => {
  const path = await newPath();
  const store = fileStore(path);
  await store.load();
  await store.append([reading(70)]);
  await store.close();
  await appendFile(path, 'x\n{"removed":0}\n');
  await expect(fileStore(path).load()).rejects.toThrow(`${path}, line 2, is damaged`);
});

test('the file does not grow with what went through it', { timeout: 30_000 }, async () => {
  const path = await newPath();
  const store = fileStore(path);
  await store.load();
  const many = Array.from({ length: 1_000 }, (_, index) => reading(60 + (index % 100)));
  await store.append([reading(59), ...many]);
  for (let turn = 0; turn < 30; turn++) {
    await store.append(many);
    await store.remove(1_000);
  }
  await store.close();
  const lineBytes = Buffer.byteLength(JSON.stringify({ reading: reading(60) }));
  expect((await stat(path)).size).toBeLessThan(lineBytes * 13_000);
  expect(await found(path)).toHaveLength(1_001);
});
