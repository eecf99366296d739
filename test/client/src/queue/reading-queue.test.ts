import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createHeartRateClient,
  HeartRateConnectionError,
  type Reading,
} from '../../../../client/src/index.ts';
import { fileStore } from '../../../../client/src/queue/file-store.ts';
import {
  createReadingQueue,
  type QueueError,
  QueueFullError,
  type QueueStore,
  type ReadingQueueOptions,
} from '../../../../client/src/queue/index.ts';
import {
  hangUp,
  json,
  type Step,
  startScriptedServer,
  unavailable,
} from '../../../support/scripted-server.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { openTestServer } from '../../../support/test-server.ts';

const reading = (heart_rate: number): Reading => ({
  user_id: 'user_123',
  device_id: 'device_a',
  timestamp: '2024-01-15T10:00:00Z',
  heart_rate,
});

/** Takes all but the named ones, as the service does. */
const takes =
  (...invalid: number[]): Step =>
  (response, request) => {
    const { readings } = JSON.parse(bodyOf(request)) as { readings: Reading[] };
    const errors = readings.flatMap(({ heart_rate }, index) =>
      invalid.includes(heart_rate)
        ? [{ pointer: `/readings/${index}/heart_rate`, detail: 'must be at most 220' }]
        : [],
    );
    const count = readings.length - errors.length;
    const type = 'urn:problem:heart-rate:invalid-request';
    const answer =
      count === 0
        ? json(400, { type, title: 'Invalid request', status: 400, errors })
        : json(200, { status: 'accepted', count, rejected: errors.length, errors });
    answer(response, request);
  };

const bodies = new WeakMap<object, string>();
const bodyOf = (request: object): string => bodies.get(request) ?? '';

/** A queue, what its server received and what `onError` was told. */
const connect = async (steps: readonly Step[], options: Partial<ReadingQueueOptions> = {}) => {
  const server = await startScriptedServer(
    ...steps.map<Step>((step, index) => (response, request) => {
      // The n-th request is the n-th received.
      const last = server.received.at(-1);
      bodies.set(request, last?.body ?? server.received[index]?.body ?? '');
      step(response, request);
    }),
  );
  const client = createHeartRateClient({ baseUrl: server.baseUrl, retry: { attempts: 1 } });
  const errors: QueueError[] = [];
  const queue = createReadingQueue(client, {
    flushIntervalMs: 3_600_000,
    onError: (error) => errors.push(error),
    ...options,
  });
  const sent = (): number[][] =>
    server.received.map(({ body }) =>
      (JSON.parse(body).readings as Reading[]).map(({ heart_rate }) => heart_rate),
    );
  return { queue, errors, sent, received: server.received };
};

describe('sending', () => {
  test('is in batches, in the order of adding, whoever flushes', async () => {
    const { queue, sent } = await connect([takes()], { maxBatch: 2 });
    await queue.add([70, 71, 72].map(reading));
    await queue.add(reading(73));
    await queue.add([74].map(reading));
    await Promise.all([queue.flush(), queue.flush(), queue.close()]);
    expect(sent()).toEqual([[70, 71], [72, 73], [74]]);
    expect(queue.size).toBe(0);
  });

  test('begins at once when there is a batch', async () => {
    const { queue, sent } = await connect([takes()], { maxBatch: 2 });
    await queue.add(reading(70));
    await sleep(50);
    expect(sent()).toEqual([]);
    await queue.add(reading(71));
    await expect.poll(sent).toEqual([[70, 71]]);
    await queue.close();
  });

  test('is over before the store is closed, once', async () => {
    const calls: string[] = [];
    const store: QueueStore = {
      load: async () => [],
      append: async () => void calls.push('append'),
      remove: async () => void calls.push('remove'),
      close: async () => void calls.push('close'),
    };
    const { queue } = await connect([takes()], { store });
    await queue.add(reading(70));
    await queue.close();
    expect(calls).toEqual(['append', 'remove', 'close']);
  });

  test('begins after the interval when there is less', async () => {
    const { queue, sent } = await connect([takes()], { flushIntervalMs: 30 });
    await queue.add(reading(70));
    await queue.add(reading(71));
    await expect.poll(sent).toEqual([[70, 71]]);
    await queue.add(reading(72));
    await expect.poll(sent).toEqual([[70, 71], [72]]);
    await queue.close();
  });

  test('is one batch at a time', async () => {
    let open = 0;
    let most = 0;
    const slowly: Step = (response, request) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        takes()(response, request);
      }, 20);
    };
    const { queue, sent } = await connect([slowly], { maxBatch: 1, flushIntervalMs: 0 });
    for (let rate = 60; rate < 70; rate++) await queue.add(reading(rate));
    await queue.close();
    expect(most).toBe(1);
    expect(sent().flat()).toEqual([60, 61, 62, 63, 64, 65, 66, 67, 68, 69]);
  });

  test('takes a reading as it was when it was added', async () => {
    const { queue, sent, received } = await connect([takes()]);
    const changed = { ...reading(70), timestamp: new Date('2024-01-15T10:00:00Z') };
    await queue.add(changed);
    changed.heart_rate = 71;
    await queue.close();
    expect(sent()).toEqual([[70]]);
    expect(received[0]?.body).toContain('"2024-01-15T10:00:00.000Z"');
  });
});

describe('what fails', () => {
  test('stays first, is told, and is sent again by itself', async () => {
    const { queue, errors, sent } = await connect([unavailable(), hangUp, takes()], {
      maxBatch: 2,
      flushIntervalMs: 0,
    });
    await queue.add([70, 71, 72].map(reading));
    await expect.poll(sent, { timeout: 5_000 }).toEqual([[70, 71], [70, 71], [70, 71], [72]]);
    expect(errors).toMatchObject([
      { type: 'failed', error: { status: 503 }, queued: 3 },
      { type: 'failed', error: { name: 'HeartRateConnectionError' }, queued: 3 },
    ]);
    await queue.close();
  });

  test('rejects a flush, which may be asked for again', async () => {
    const { queue, sent } = await connect([hangUp, takes()]);
    await queue.add(reading(70));
    await expect(queue.flush()).rejects.toThrow(HeartRateConnectionError);
    expect(queue.size).toBe(1);
    await queue.flush();
    expect(sent()).toEqual([[70], [70]]);
    await queue.close();
  });

  test('rejects the closing, after which nothing is sent', async () => {
    const { queue, sent } = await connect([hangUp], { flushIntervalMs: 0 });
    await queue.add(reading(70));
    await expect(queue.close()).rejects.toThrow(HeartRateConnectionError);
    await sleep(700);
    expect(sent()).toEqual([[70]]);
  });

  test('is sent again no earlier than Retry-After says', async () => {
    const { queue, received } = await connect([unavailable({ 'retry-after': '1' }), takes()], {
      flushIntervalMs: 0,
    });
    await queue.add(reading(70));
    await expect.poll(() => received.length, { timeout: 5_000 }).toBe(2);
    expect((received[1]?.atMs ?? 0) - (received[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(999);
    await queue.close();
  });
});

describe('what is invalid', () => {
  test('leaves the queue and is told, and the others are stored', async () => {
    const { queue, errors, sent } = await connect([takes(300)], { maxBatch: 2 });
    await queue.add([70, 300, 72].map(reading));
    await queue.close();
    expect(sent()).toEqual([[70, 300], [72]]);
    const rejected = { reading: reading(300), detail: 'must be at most 220' };
    expect(errors).toEqual([{ type: 'rejected', count: 1, readings: [rejected] }]);
  });

  test('does not block the queue when it is a whole batch', async () => {
    const { queue, errors, sent } = await connect([takes(300, 301)], { maxBatch: 2 });
    await queue.add([300, 301, 72].map(reading));
    await queue.close();
    expect(sent()).toEqual([[300, 301], [72]]);
    expect(errors).toMatchObject([{ type: 'rejected', count: 2, readings: [{}, {}] }]);
  });

  test('is not the readings when another part of the request is', async () => {
    const errors = [{ pointer: '/query/on_invalid', detail: 'is not a parameter' }];
    const refusal = json(400, { title: 'Invalid request', status: 400, errors });
    const { queue } = await connect([refusal]);
    await queue.add(reading(70));
    await expect(queue.close()).rejects.toMatchObject({ status: 400 });
    expect(queue.size).toBe(1);
  });

  test('a batch with too many bytes is halved, and a reading with too many is rejected', async () => {
    const tooLarge: Step = (response, request) => {
      const rates = (JSON.parse(bodyOf(request)).readings as Reading[]).map((r) => r.heart_rate);
      const isSmall = rates.length === 1 && rates[0] !== 72;
      (isSmall ? takes() : json(413, { title: 'Too large', status: 413 }))(response, request);
    };
    const { queue, errors, sent } = await connect([tooLarge], { maxBatch: 2 });
    await queue.add([70, 71, 72].map(reading));
    await queue.close();
    expect(sent().filter(({ length }) => length === 1)).toEqual([[70], [71], [72]]);
    expect(errors).toMatchObject([{ type: 'rejected', count: 1, readings: [{}] }]);
  });
});

describe('the bound', () => {
  test('refuses what is too much, whole, and takes it when there is room', async () => {
    const { queue, sent } = await connect([takes()], { maxQueued: 3 });
    await queue.add([70, 71].map(reading));
    await expect(queue.add([72, 73].map(reading))).rejects.toThrow(QueueFullError);
    await queue.add(reading(74));
    await expect(queue.add(reading(75))).rejects.toThrow(/No more than 3 readings may wait/);
    await queue.flush();
    await queue.add(reading(76));
    await queue.close();
    expect(sent()).toEqual([[70, 71, 74], [76]]);
  });

  test('holds for those that are added at the same time', async () => {
    const { queue } = await connect([takes()], { maxQueued: 3 });
    const added = await Promise.allSettled([1, 2, 3, 4, 5].map(() => queue.add(reading(70))));
    expect(added.map(({ status }) => status)).toEqual([
      ...Array(3).fill('fulfilled'),
      ...Array(2).fill('rejected'),
    ]);
    await queue.close();
  });
});

test('a closed queue takes no more', async () => {
  const { queue } = await connect([takes()]);
  await queue.close();
  await expect(queue.add(reading(70))).rejects.toThrow('The queue is closed');
});

test.each<[string, object]>([
  ['maxBatch', { maxBatch: 0 }],
  ['maxBatch', { maxBatch: 10_001 }],
  ['flushIntervalMs', { flushIntervalMs: -1 }],
  ['maxQueued', { maxQueued: Number.NaN }],
  ['onError', { onError: undefined }],
])('%s of %j is refused', (name, options) => {
  const client = createHeartRateClient({ baseUrl: 'http://127.0.0.1:8000' });
  const all = { onError: () => undefined, ...options } as ReadingQueueOptions;
  expect(() => createReadingQueue(client, all)).toThrow(name);
});

describe('with a file', () => {
  test('what could not be sent is sent by the next queue, in order', async () => {
    const path = join(await temporaryFolder(), 'queue.jsonl');
    const first = await connect([takes(), hangUp], { maxBatch: 2, store: fileStore(path) });
    await first.queue.add([70, 71, 72, 73].map(reading));
    await first.queue.add(reading(74));
    await expect(first.queue.close()).rejects.toThrow(HeartRateConnectionError);
    const next = await connect([takes()], { store: fileStore(path) });
    await next.queue.add(reading(75));
    await next.queue.close();
    expect(next.sent()).toEqual([[72, 73, 74, 75]]);
  });

  test('what it has counts for the bound, and is sent without anything being added', async () => {
    const path = join(await temporaryFolder(), 'queue.jsonl');
    const first = await connect([hangUp], { store: fileStore(path) });
    await first.queue.add([70, 71].map(reading));
    await expect(first.queue.close()).rejects.toThrow(HeartRateConnectionError);
    const options = { store: fileStore(path), maxQueued: 2, flushIntervalMs: 300 };
    const next = await connect([takes()], options);
    await expect(next.queue.add(reading(72))).rejects.toThrow(QueueFullError);
    await expect.poll(next.sent).toEqual([[70, 71]]);
    await next.queue.close();
  });

  test('that cannot be read rejects what is asked of the queue', async () => {
    const { queue, errors } = await connect([takes()], { store: fileStore('/dev/null/queue') });
    await expect(queue.add(reading(70))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(queue.flush()).rejects.toMatchObject({ code: 'ENOTDIR' });
    expect(errors).toMatchObject([{ type: 'failed', error: { code: 'ENOTDIR' } }]);
  });

  test('all that was added before a kill arrives after it', { timeout: 60_000 }, async () => {
    const server = await openTestServer();
    onTestFinished(() => server.close());
    const path = join(await temporaryFolder(), 'queue.jsonl');
    let kept = 0;
    for (const total of [25, 50]) {
      const script = fileURLToPath(new URL('queue-process.ts', import.meta.url));
      const args = ['--import', 'tsx', script, server.url, path, String(total)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      for await (const line of createInterface(child.stdout)) {
        kept = Math.max(kept, Number(line));
        if (kept >= total - 5) child.kill('SIGKILL');
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    const client = createHeartRateClient({ baseUrl: server.url });
    const queue = createReadingQueue(client, { onError: () => undefined, store: fileStore(path) });
    await queue.flush();
    await queue.close();
    const range = { start: '2024-01-15T00:00:00Z', end: '2024-01-16T00:00:00Z' };
    const [device] = await client.userDevices({ user_id: 'u', ...range });
    expect(device?.readings).toBeGreaterThanOrEqual(kept);
    expect(kept).toBeGreaterThanOrEqual(45);
  });
});
