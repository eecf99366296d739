import { expect, onTestFinished, test } from 'vitest';
import {
  createHeartRateClient,
  type HeartRateClientOptions,
  HeartRateConnectionError,
  type StoredReading,
} from '../../../../client/src/index.ts';
import {
  json,
  type Step,
  startScriptedServer,
  unavailable,
} from '../../../support/scripted-server.ts';
import { openTestServer } from '../../../support/test-server.ts';

const reading = (heart_rate: number): StoredReading => ({
  user_id: 'Zoë',
  device_id: 'device_a',
  timestamp: '2024-01-15T10:00:00Z',
  heart_rate,
});
const line = (heart_rate: number): string => `${JSON.stringify(reading(heart_rate))}\n`;

const lines =
  (...pieces: (string | Buffer)[]): Step =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const piece of pieces) {
      await new Promise((resolve) => response.write(piece, resolve));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  };

const connect = async (steps: Step[], options: Partial<HeartRateClientOptions> = {}) => {
  const server = await startScriptedServer(...steps);
  const retry = { baseDelayMs: 1, attempts: 3 };
  const client = createHeartRateClient({ baseUrl: server.baseUrl, retry, ...options });
  return { ...server, client, list: () => client.export({ user_id: 'Zoë' }) };
};

const ratesOf = async (list: AsyncIterable<StoredReading>): Promise<number[]> => {
  const rates: number[] = [];
  for await (const { heart_rate } of list) rates.push(heart_rate);
  return rates;
};

test('readings come as they were stored, of a device or range if asked so', async () => {
  const server = await openTestServer();
  onTestFinished(() => server.close());
  const client = createHeartRateClient({ baseUrl: server.url });
  const many = Array.from({ length: 5_000 }, (_, second) => ({
    ...reading(60 + (second % 100) / 3),
    device_id: `device_${second % 2}`,
    timestamp: new Date(Date.UTC(2020, 0, 1) + second * 3_600_000),
  }));
  await client.ingestBatch(many);
  const all: StoredReading[] = [];
  for await (const one of client.export({ user_id: 'Zoë' })) all.push(one);
  const told = all.map((one) => [Date.parse(one.timestamp), one.device_id, one.heart_rate]);
  expect(told).toEqual(many.map((one) => [one.timestamp.getTime(), one.device_id, one.heart_rate]));
  const range = { start: new Date(Date.UTC(2020, 0, 1, 1)), end: '2020-01-01T04:00:00Z' };
  const some = client.export({ user_id: 'Zoë', device_id: 'device_1', ...range });
  expect(await ratesOf(some)).toEqual([60 + 1 / 3, 61]);
  expect(await ratesOf(client.export({ user_id: 'nobody' }))).toEqual([]);
});

test('lines are put together, wherever they were cut', async () => {
  const bytes = Buffer.from(line(70) + line(71) + line(72).trimEnd());
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) =>
    bytes.subarray(index * 7, index * 7 + 7),
  );
  const { list, received } = await connect([lines(...pieces)]);
  expect(await ratesOf(list())).toEqual([70, 71, 72]);
  expect(received[0]?.url).toBe('/metrics/heart-rate/export?user_id=Zo%C3%AB&format=ndjson');
});

test('until it begins it is tried again', async () => {
  const { list, received } = await connect([unavailable(), unavailable(), lines(line(70))]);
  expect(await ratesOf(list())).toEqual([70]);
  expect(received).toHaveLength(3);
});

test('when it breaks off, that is thrown after what came', async () => {
  const cut: Step = (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(line(70), () => setTimeout(() => response.socket?.destroy(), 50));
  };
  const { list, received } = await connect([cut]);
  const readings = list();
  expect((await readings.next()).value).toEqual(reading(70));
  const end = readings.next();
  await expect(end).rejects.toBeInstanceOf(HeartRateConnectionError);
  expect(received).toHaveLength(1);
});

test('when nothing more comes in time, that is thrown', async () => {
  const stall: Step = (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write(line(70));
  };
  const { list } = await connect([stall], { timeoutMs: 100 });
  await expect(ratesOf(list())).rejects.toThrow(/The export broke off: Nothing came in 100 ms/);
});

test.each(['the loop', 'the signal'])('%s ends the connection', async (how) => {
  let isClosed = false;
  const endless: Step = (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write(line(70));
    response.on('close', () => {
      isClosed = true;
    });
  };
  const { client } = await connect([endless]);
  const controller = new AbortController();
  const end = async () => {
    for await (const _ of client.export({ user_id: 'Zoë' }, controller)) {
      if (how === 'the loop') break;
      controller.abort('enough');
    }
  };
  if (how === 'the loop') await end();
  else await expect(end()).rejects.toBe('enough');
  await expect.poll(() => isClosed).toBe(true);
});

test.each<[string, Step]>([
  ['another media type', json(200, { status: 'accepted' })],
  ['a line that is not JSON', lines('{\n')],
  ['a reading of another', lines(line(70).replace('Zoë', 'Zoe'))],
  ['a line without end', lines('x'.repeat(70_000))],
])('%s is of another service', async (_, step) => {
  const { list } = await connect([step]);
  await expect(ratesOf(list())).rejects.toBeInstanceOf(HeartRateConnectionError);
});

test('a refusal is thrown', async () => {
  const { list } = await connect([json(400, { title: 'No', status: 400 })]);
  await expect(ratesOf(list())).rejects.toMatchObject({ status: 400, problem: { title: 'No' } });
});
