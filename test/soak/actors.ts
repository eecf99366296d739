import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { instantText, type Ledger, type SentReading } from '../crash/ledger.ts';
import type { SoakClient } from './soak-client.ts';

const SINGLE = '/metrics/heart-rate';
const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const MINUTES = 2 * 24 * 60;
/** Of each writer; then it begins anew with the first, so that what is remembered has an end. */
const USERS = 4;
/** No divisor of MINUTES, so that its multiples visit every minute, days mixed. */
const STRIDE = 1777;
const ERASE_EVERY = 60;

export interface Soak {
  readonly url: string;
  readonly client: SoakClient;
  readonly ledger: Ledger;
  readonly random: () => number;
  readonly isOver: () => boolean;
  /** Everybody who was written to. */
  readonly users: string[];
}

const wire = (one: SentReading) =>
  JSON.stringify({
    device_id: one.device,
    user_id: one.user,
    timestamp: instantText(one),
    heart_rate: one.heartRate,
  });

const pick = <T>({ random }: Soak, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;

/** Refused before it reached the storage: it must not be there. */
const REFUSED = [400, 401, 403, 413, 415, 429];

interface Writer {
  readonly name: string;
  readonly token: () => string;
  readonly size: number;
  readonly pauseMs: number;
}

const send = async (soak: Soak, writer: Writer, readings: readonly SentReading[]) => {
  const { client, ledger } = soak;
  ledger.sending(readings);
  const asked =
    readings.length === 1
      ? { path: SINGLE, type: JSON_TYPE, body: readings.map(wire).join() }
      : {
          path: `${SINGLE}/batch`,
          type: NDJSON,
          body: readings.map(wire).join('\n'),
          isGzipped: true,
        };
  const { status } = await client.ask(writer.name, {
    ...asked,
    method: 'POST',
    token: writer.token(),
  });
  if (status === 200) ledger.accepted(readings);
  if (REFUSED.includes(status)) ledger.refused(readings);
};

const erase = async (soak: Soak, writer: Writer, user: string) => {
  const startMinute = Math.floor(soak.random() * (MINUTES - 1));
  const endMinute = Math.min(startMinute + 200, MINUTES - 1);
  const erasure = { user, device: undefined, startMinute, endMinute };
  const query = new URLSearchParams({
    user_id: user,
    start: instantText({ user, device: '', minute: startMinute, micros: 0, heartRate: 0 }),
    end: instantText({ user, device: '', minute: endMinute, micros: 0, heartRate: 0 }),
  });
  soak.ledger.erasing(erasure);
  const path = `${SINGLE}?${query}`;
  const asked = { method: 'DELETE', path, token: writer.token() };
  const { status } = await soak.client.ask(`${writer.name} erases`, asked);
  if (status === 200 || status === 404) soak.ledger.erased(erasure);
};

/** Waits for each response before it sends again, so that the order of its readings is known. */
export const write = async (soak: Soak, writer: Writer): Promise<void> => {
  for (let round = 0; !soak.isOver(); round++) {
    const user = `${writer.name}-${round % USERS}`;
    const device = round % 2 === 0 ? 'device_a' : 'watch';
    if (round < USERS) soak.users.push(user);
    for (let count = 0; count < MINUTES && !soak.isOver(); count += writer.size) {
      const minutes = Array.from(
        { length: Math.min(writer.size, MINUTES - count) },
        (_, i) => ((count + i) * STRIDE) % MINUTES,
      );
      const readings = minutes.map((minute) => ({
        user,
        device,
        minute,
        // The same when it is sent again: it is the same instant then.
        micros: (minute * 999_983) % 60_000_000,
        heartRate: 30 + soak.random() * 190,
      }));
      await send(soak, writer, readings);
      if (soak.random() < 1 / ERASE_EVERY) await erase(soak, writer, user);
      await sleep(writer.pauseMs * (0.5 + soak.random()));
    }
  }
};

const RANGE = 'start=2024-02-28T00:00:00Z&end=2024-03-01T00:00:00Z';
const YEAR = 'start=2024-01-01T00:00:00Z&end=2025-01-01T00:00:00Z';
const queriesOf = (user: string): string[] => [
  `${SINGLE}/latest?user_id=${user}`,
  `${SINGLE}?user_id=${user}&${RANGE}`,
  `${SINGLE}?user_id=${user}&${YEAR}&interval=1d&tz=Europe/Berlin&include=stats,explain`,
  `${SINGLE}/devices?user_id=${user}&${YEAR}`,
  ...['ndjson', 'csv', 'parquet', 'fhir'].map(
    (format) => `${SINGLE}/export?user_id=${user}&format=${format}`,
  ),
];

export const query = async (soak: Soak, token: string, pauseMs: number): Promise<void> => {
  while (!soak.isOver()) {
    await sleep(pauseMs * (0.5 + soak.random()));
    const path = pick(soak, queriesOf(pick(soak, soak.users)));
    await soak.client.ask('query', { path, token });
  }
};

/** Follows somebody for a while and leaves without a word. */
export const follow = async (soak: Soak, token: string): Promise<void> => {
  while (!soak.isOver()) {
    const path = `${SINGLE}/stream?user_id=${pick(soak, soak.users)}`;
    const stream = await soak.client.open({ path, token });
    stream?.resume().on('error', () => {});
    await sleep(2_000 + soak.random() * 8_000);
    stream?.destroy();
  }
};

const rawSocket = async ({ url }: Soak) => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {}); // It leaves in the middle, or is cut off.
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
};

/** Sends half a body, or reads half a response, and is gone. */
export const cutOff = async (soak: Soak, token: string, pauseMs: number): Promise<void> => {
  const key = `Host: localhost\r\nAuthorization: Bearer ${token}\r\n`;
  while (!soak.isOver()) {
    await sleep(pauseMs * (0.5 + soak.random()));
    const socket = await rawSocket(soak);
    const half = `POST ${SINGLE} HTTP/1.1\r\n${key}Content-Type: ${JSON_TYPE}\r\nContent-Length: 99\r\n\r\n{"user`;
    const path = pick(soak, queriesOf(pick(soak, soak.users)));
    socket.write(soak.random() < 0.5 ? half : `GET ${path} HTTP/1.1\r\n${key}\r\n`);
    await sleep(soak.random() * 50);
    if (soak.random() < 0.5) socket.destroy();
    else socket.resetAndDestroy();
  }
};

/** Asks for more than fits into buffers and reads none of it, or sends a body byte by byte. */
export const dawdle = async (soak: Soak, token: string): Promise<void> => {
  const key = `Host: localhost\r\nAuthorization: Bearer ${token}\r\n`;
  while (!soak.isOver()) {
    const socket = await rawSocket(soak);
    const isReader = soak.random() < 0.5;
    socket.write(
      isReader
        ? `GET /docs/scalar.js HTTP/1.1\r\n${key}\r\n`.repeat(20)
        : `POST ${SINGLE} HTTP/1.1\r\n${key}Content-Type: ${JSON_TYPE}\r\nContent-Length: 9000\r\n\r\n`,
    );
    if (isReader) socket.pause();
    const endMs = performance.now() + 10_000 + soak.random() * 20_000;
    while (performance.now() < endMs && !soak.isOver() && !socket.destroyed) {
      if (!isReader) socket.write(' ');
      await sleep(250);
    }
    socket.destroy();
  }
};

/** Sends far more at once than a client may, with a key of its own. */
export const flood = async (soak: Soak, token: string, requests: number): Promise<void> => {
  while (!soak.isOver()) {
    const path = `${SINGLE}/latest?user_id=${pick(soak, soak.users)}`;
    const all = Array.from({ length: requests }, () => soak.client.ask('flood', { path, token }));
    await Promise.all(all);
    for (let waited = 0; waited < 15 && !soak.isOver(); waited++) await sleep(1_000);
  }
};
