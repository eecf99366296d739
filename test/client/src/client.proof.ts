/** What the compiler must accept and refuse of the client's users; `npm run types` checks it. */
import { expectTypeOf } from 'vitest';
import type {
  BatchResult,
  HeartRateClient,
  LiveEvent,
  Problem,
  Reading,
  Series,
  StoredReading,
} from '../../../client/src/index.ts';
import { HeartRateApiError } from '../../../client/src/index.ts';
import { createReadingQueue } from '../../../client/src/queue/index.ts';

declare const client: HeartRateClient;
declare const failure: unknown;
declare const signal: AbortSignal;

const reading = { user_id: 'u', device_id: 'd', timestamp: '2024-01-15T10:00:00Z', heart_rate: 75 };
const query = { user_id: 'u', start: '2024-01-15T00:00:00Z', end: '2024-01-16T00:00:00Z' };

export const accepts = async (): Promise<void> => {
  expectTypeOf(reading).toExtend<Reading>();
  expectTypeOf(client.ingest(reading)).resolves.toEqualTypeOf<void>();
  expectTypeOf(client.ingestBatch(Object.freeze([reading]))).resolves.toEqualTypeOf<BatchResult>();
  const asked = client.query({ ...query, interval: '5m', priority_scope: 'bucket' }, { signal });
  expectTypeOf(asked).resolves.toEqualTypeOf<Series | null>();

  const at = new Date();
  await client.ingest({ ...reading, timestamp: at }, { timeoutMs: 1, deadlineMs: 1, retry: {} });
  await client.ingestBatch([{ ...reading, timestamp: at }], { headers: async () => ({ a: '' }) });
  await client.query({ user_id: 'u', start: at, end: query.end }, { headers: { a: '' } });
  await client.erase({ user_id: 'u', start: at });
  await client.userDevices({ user_id: 'u', start: at, end: at });

  expectTypeOf<Series['data'][number]['timestamp']>().toEqualTypeOf<string>();
  expectTypeOf<Series['data'][number]['min']>().toEqualTypeOf<number | undefined>();
  const health = await client.health();
  expectTypeOf(health.status).toEqualTypeOf<'ok' | 'degraded'>();
  const [device] = await client.devices();
  expectTypeOf(device?.priority).toEqualTypeOf<number | undefined>();
  for await (const event of client.follow({ user_id: 'u', device_id: 'd' }, { idleTimeoutMs: 1 })) {
    expectTypeOf(event).toEqualTypeOf<LiveEvent>();
    if (event.type === 'reading') expectTypeOf(event.reading.heart_rate).toEqualTypeOf<number>();
    // @ts-expect-error Only a reading has one.
    event.reading;
  }
  for await (const stored of client.export({ user_id: 'u', start: at })) {
    expectTypeOf(stored).toEqualTypeOf<StoredReading>();
  }
  const queue = createReadingQueue(client, {
    onError: (error) => {
      if (error.type === 'failed') expectTypeOf(error.error).toEqualTypeOf<unknown>();
      else expectTypeOf(error.readings[0]?.reading).toEqualTypeOf<Reading | undefined>();
    },
  });
  await queue.add({ ...reading, timestamp: at });
  await queue.add([reading]);
  if (failure instanceof HeartRateApiError) {
    expectTypeOf(failure.problem).toEqualTypeOf<Problem>();
    expectTypeOf(failure.status).toEqualTypeOf<number>();
  }
};

export const refuses = async (): Promise<void> => {
  // @ts-expect-error Failures are told to somebody.
  createReadingQueue(client, {});
  // @ts-expect-error It is an iterator of readings, in one format.
  client.export({ user_id: 'u', format: 'csv' });
  // @ts-expect-error A field that the contract does not have.
  await client.ingest({ ...reading, note: 'x' });
  // @ts-expect-error A field is missing.
  await client.ingest({ user_id: 'u', device_id: 'd', heart_rate: 75 });
  // @ts-expect-error A heart rate is a number.
  await client.ingest({ ...reading, heart_rate: '75' });
  // @ts-expect-error A field that the contract does not have, in a batch.
  await client.ingestBatch([{ ...reading, note: 'x' }]);
  // @ts-expect-error A choice that the contract does not have.
  await client.ingestBatch([reading], { onInvalid: 'ignore' });
  // @ts-expect-error An option that the contract does not have.
  await client.query({ ...query, limit: 10 });
  // @ts-expect-error An interval that the contract does not have.
  await client.query({ ...query, interval: '2m' });
  // @ts-expect-error The range has an end.
  await client.query({ user_id: 'u', start: query.start });
  // @ts-expect-error Somebody's readings, or nobody's.
  await client.erase({ device_id: 'd' });
  // @ts-expect-error It is made once.
  await client.erase({ user_id: 'u' }, { retry: { attempts: 2 } });
  // @ts-expect-error A user is no date.
  await client.ingest({ ...reading, user_id: new Date() });
  // @ts-expect-error A selection that the contract does not have.
  await client.erase({ user_id: 'u', device: 'd' });
  // @ts-expect-error The series may be null.
  (await client.query(query)).count;
};
