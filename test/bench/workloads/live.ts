import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workload } from '../bench.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService } from '../service.ts';
import { percentile } from '../statistics.ts';
import { FIRST_DAY_MS } from '../stored-days.ts';

const READERS = 1_000;
const POST_INTERVAL_MS = 50;
const POSTS = 60;
const USER = 'followed';
const EVENT = Buffer.from('event: reading');

/** Streams of one user, and how many events came to all of them. */
class Readers {
  events = 0;
  readonly #sockets: Socket[] = [];
  #heard: (() => void) | undefined;

  async open(url: string, count: number): Promise<void> {
    const { hostname, port, host } = new URL(url);
    const opened = Array.from({ length: count }, async () => {
      const socket = connect(Number(port), hostname);
      this.#sockets.push(socket);
      socket.write(
        `GET /metrics/heart-rate/stream?user_id=${USER} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      );
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        // The first bytes are the headers and the id from which it follows.
        socket.once('data', () => resolve());
      });
      socket.on('data', (bytes) => this.#count(bytes));
    });
    await Promise.all(opened);
  }

  async have(events: number): Promise<void> {
    while (this.events < events) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #count(bytes: Buffer): void {
    // An event is sent as one piece, and is far shorter than a packet.
    for (let at = bytes.indexOf(EVENT); at >= 0; at = bytes.indexOf(EVENT, at + 1)) this.events++;
    this.#heard?.();
  }
}

class Measured {
  readonly ackMs: number[] = [];
  readonly deliveredMs: number[] = [];
  cpuMs = 0;
}

const postOne = async (url: string, i: number): Promise<void> => {
  const reading = {
    user_id: USER,
    device_id: 'device_a',
    timestamp: new Date(FIRST_DAY_MS + i * 1000).toISOString(),
    heart_rate: 60 + (i % 60),
  };
  const response = await fetch(`${url}/metrics/heart-rate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(reading),
  });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`a POST was answered ${response.status}`);
};

/** One writer at its pace, whom so many follow. */
const write = async (service: BenchedService, count: number, measured: Measured) => {
  const url = await service.ready;
  const cpuSeconds = async () => (await service.metrics())('process_cpu_seconds_total');
  const readers = new Readers();
  await readers.open(url, count);
  const before = await cpuSeconds();
  for (let i = 0; i < POSTS; i++) {
    const startMs = performance.now();
    const delivered = readers.have(readers.events + count);
    await postOne(url, i);
    measured.ackMs.push(performance.now() - startMs);
    await delivered;
    measured.deliveredMs.push(performance.now() - startMs);
    await sleep(Math.max(0, startMs + POST_INTERVAL_MS - performance.now()));
  }
  measured.cpuMs += 1000 * ((await cpuSeconds()) - before);
  readers.close();
};

/** What it costs that a thousand follow one writer. */
export const live: Workload = async ({ options, step }) => {
  const dataDir = scratchFolder();
  const service = new BenchedService(dataDir);
  const alone = new Measured();
  const followed = new Measured();
  for (let round = 0; round < options.rounds; round++) {
    step(`live: round ${round + 1} of ${options.rounds}`);
    await write(service, 0, alone);
    await write(service, READERS, followed);
  }
  await service.stop();
  removeScratchFolder(dataDir);
  const samples = POSTS * options.rounds;
  const named = { workload: 15, work: `one writer, ${READERS} readers`, unit: 'ms', samples };
  const { ackMs, deliveredMs } = followed;
  return [
    { ...named, measure: 'POST p50', value: percentile(ackMs, 0.5) },
    { ...named, measure: 'POST p50 without readers', value: percentile(alone.ackMs, 0.5) },
    { ...named, measure: 'until all have it, p50', value: percentile(deliveredMs, 0.5) },
    { ...named, measure: 'until all have it, p99', value: percentile(deliveredMs, 0.99) },
    {
      ...named,
      measure: 'CPU an event',
      value: (1000 * (followed.cpuMs - alone.cpuMs)) / (samples * READERS),
      unit: 'µs',
    },
  ];
};
