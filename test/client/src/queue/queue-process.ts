import { createHeartRateClient } from '../../../../client/src/index.ts';
import { fileStore } from '../../../../client/src/queue/file-store.ts';
import { createReadingQueue } from '../../../../client/src/queue/index.ts';

/**
 * `tsx queue-process.ts <url> <file> <count>` queues readings, says how many are queued after each,
 * and goes on until it is killed.
 */
const [url = '', path = '', count = ''] = process.argv.slice(2);

const client = createHeartRateClient({ baseUrl: url, retry: { attempts: 1 } });
const queue = createReadingQueue(client, {
  maxBatch: 7,
  flushIntervalMs: 5,
  onError: () => undefined,
  store: fileStore(path),
});
for (let added = 0; added < Number(count); added++) {
  const timestamp = new Date(Date.UTC(2024, 0, 15, 10) + added * 1_000);
  await queue.add({ user_id: 'u', device_id: 'd', timestamp, heart_rate: 75 });
  console.log(added + 1);
}
setInterval(() => undefined, 60_000);
