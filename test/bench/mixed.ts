/**
 * Single durable POSTs at 1,000 a second, first alone, then while queries of a whole day run on
 * another connection, in turns. Prints latencies in milliseconds; decides nothing.
 */
import { cpus } from 'node:os';
import { closedLoop, type LoadResult, openLoop, percentile } from './load.ts';
import { startBenchedService } from './service.ts';

const USERS = 20;
const DEVICES = ['device_a', 'device_b'];
const READINGS_PER_DEVICE = 17_280;
const BATCH_SIZE = 5_000;
const DAY = Date.UTC(2024, 0, 15);
const RATE_PER_SECOND = 1_000;
const ROUND_MS = 10_000;
const ROUNDS = 3;

const say = (text: string) => process.stdout.write(`${text}\n`);

const reading = (user: number, device: number, atMs: number): string =>
  JSON.stringify({
    user_id: `user_${user}`,
    device_id: DEVICES[device],
    timestamp: new Date(atMs).toISOString(),
    heart_rate: 60 + ((atMs / 1000) % 60),
  });

function* dayInBatches(): Generator<string> {
  let lines: string[] = [];
  for (let at = 0; at < READINGS_PER_DEVICE; at++) {
    for (let user = 0; user < USERS; user++) {
      for (const device of DEVICES.keys()) lines.push(reading(user, device, DAY + at * 5_000));
      if (lines.length < BATCH_SIZE) continue;
      yield lines.join('\n');
      lines = [];
    }
  }
  yield lines.join('\n');
}

const load = async (url: string): Promise<void> => {
  const batches = dayInBatches();
  const result = await closedLoop(url, 2, () => {
    const next = batches.next();
    if (next.done === true) return undefined;
    const path = '/metrics/heart-rate/batch';
    return { method: 'POST', path, body: next.value, contentType: 'application/x-ndjson' };
  });
  if (result.errors > 0) throw new Error(`${result.errors} batches were not stored`);
  const readings = USERS * DEVICES.length * READINGS_PER_DEVICE;
  const perSecond = Math.round((readings * 1000) / result.wallMs);
  say(`stored a day of ${readings} readings in batches of ${BATCH_SIZE}: ${perSecond}/s`);
};

const row = (what: string, { latenciesMs, errors, wallMs }: LoadResult): string => {
  const quantiles = [0.5, 0.99, 1].map((quantile) => percentile(latenciesMs, quantile).toFixed(2));
  const perSecond = ((latenciesMs.length * 1000) / wallMs).toFixed(0);
  const cells = [
    what.padEnd(28),
    `${perSecond}/s`.padStart(8),
    ...quantiles.map((q) => q.padStart(9)),
  ];
  return `${cells.join(' ')} ${String(errors).padStart(7)}`;
};

let posted = 0;
const nextPost = () => {
  const atMs = DAY + 86_400_000 + posted++ * 10;
  const body = reading(posted % USERS, posted % DEVICES.length, atMs);
  const path = '/metrics/heart-rate';
  return { method: 'POST', path, body, contentType: 'application/json' } as const;
};

const service = await startBenchedService();
try {
  say(`Node.js ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`);
  await load(service.url);
  say(
    `${''.padEnd(28)} ${'rate'.padStart(8)} ${'p50 ms'.padStart(9)} ${'p99 ms'.padStart(9)} ${'max ms'.padStart(9)}  errors`,
  );
  for (let round = 0; round < ROUNDS; round++) {
    say(row('POST alone', await openLoop(service.url, RATE_PER_SECOND, ROUND_MS, nextPost)));
    let isPosting = true;
    const posting = openLoop(service.url, RATE_PER_SECOND, ROUND_MS, nextPost).finally(() => {
      isPosting = false;
    });
    const queries = await closedLoop(service.url, 1, () => {
      if (!isPosting) return undefined;
      const user = Math.floor(Math.random() * USERS);
      const day = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
      return { method: 'GET', path: `/metrics/heart-rate?user_id=user_${user}&${day}` };
    });
    say(row('POST while a day is queried', await posting));
    say(row('day query meanwhile', queries));
  }
} finally {
  await service.close();
}
