import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { keyFileText } from '../src/keys/key-file.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { testKey } from './support/test-keys.ts';
import { READING } from './support/test-service.ts';
import { exchange, openSocket } from './support/wire.ts';

const MAIN = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  /** Log lines so far. */
  readonly log: Record<string, unknown>[];
  /** Resolves with the first log line that has this message. */
  logged(message: string): Promise<Record<string, unknown>>;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ code: number | null; stderr: string; lastLog: unknown }>;
}

const start = (environment: Record<string, string>, nodeFlags: readonly string[] = []): Run => {
  const child = spawn(process.execPath, [...nodeFlags, MAIN], {
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const log: Record<string, unknown>[] = [];
  const news = new EventTarget();
  let stderr = '';
  let partial = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (partial + text).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) log.push(JSON.parse(line));
    news.dispatchEvent(new Event('line'));
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stderr, lastLog: log.at(-1)?.msg }));
  return {
    child,
    log,
    ended,
    async logged(message) {
      for (;;) {
        const line = log.find(({ msg }) => msg === message);
        if (line !== undefined) return line;
        const end = await Promise.race([once(news, 'line').then(() => undefined), ended]);
        if (end !== undefined) throw new Error(`ended before "${message}": ${end.stderr}`);
      }
    },
  };
};

const urlOf = async (run: Run): Promise<string> => {
  await run.logged('ready');
  return String((await run.logged('listening')).url);
};

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(`${url}/metrics/heart-rate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const parquetFiles = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet'));

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: what was accepted is in Parquet, and the end is orderly',
  async (signal) => {
    const dataDir = await temporaryFolder();
    const run = start({ DATA_DIR: dataDir, FLUSH_INTERVAL_MS: '3600000' });
    const url = await urlOf(run);
    expect((await post(url, READING)).status).toBe(200);
    expect(await parquetFiles(dataDir)).toEqual([]);
    run.child.kill(signal);
    await run.logged('stopping');
    // Ctrl-C comes from the terminal and from npm.
    run.child.kill(signal);
    expect(await run.ended).toEqual({ code: 0, stderr: '', lastLog: 'stopped' });
    expect(await parquetFiles(dataDir)).toHaveLength(1);
  },
);

test.skipIf(process.platform === 'win32')(
  'what is stored is not for other users of the machine',
  async () => {
    const dataDir = join(await temporaryFolder(), 'data');
    const umask = process.umask(0o022);
    const run = start({ DATA_DIR: dataDir });
    process.umask(umask);
    expect((await post(await urlOf(run), READING)).status).toBe(200);
    run.child.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(await parquetFiles(dataDir)).toHaveLength(1);
    for (const name of ['', ...(await readdir(dataDir, { recursive: true }))]) {
      const { mode } = await stat(join(dataDir, name));
      // Those of the group stay as they were set.
      expect([name, mode & 0o027]).toEqual([name, 0]);
      expect([name, mode & 0o040]).toEqual([name, 0o040]);
    }
  },
);

test('a signal that is sent again later ends it at once', async () => {
  const run = start({ DATA_DIR: await temporaryFolder() });
  const socket = connect(Number(new URL(await urlOf(run)).port), '127.0.0.1');
  socket.on('error', () => undefined);
  // It would wait for the rest of this.
  socket.write(
    'POST /metrics/heart-rate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      'Content-Length: 9\r\n\r\n',
  );
  await sleep(300);
  run.child.kill('SIGTERM');
  await run.logged('stopping');
  await sleep(1_500);
  run.child.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 1, lastLog: 'ended at once by another signal' });
});

test('a request under way when the signal comes is still answered', async () => {
  const run = start({ DATA_DIR: await temporaryFolder() });
  const url = await urlOf(run);
  const body = JSON.stringify(READING);
  const socket = (await openSocket(url)).setEncoding('utf8');
  socket.write(
    'POST /metrics/heart-rate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
  );
  await fetch(`${url}/livez`); // By now the half request has arrived, too.
  run.child.kill('SIGTERM');
  await run.logged('stopping');
  await expect(fetch(`${url}/livez`, { keepalive: false })).rejects.toThrow();
  socket.write(body.slice(20));
  const [answer] = await once(socket, 'data');
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toMatch(/^connection: close\r$/im);
  // The client leaves its connection open, and the service does not wait for it to be used. What
  // comes then, writing the reading out, takes as long as the machine is busy.
  const answeredMs = performance.now();
  await once(socket, 'end');
  expect(performance.now() - answeredMs).toBeLessThan(8_000);
  expect(await run.ended).toMatchObject({ code: 0, lastLog: 'stopped' });
});

test('for a while before it stops it says so, and serves all the same', async () => {
  const run = start({ DATA_DIR: await temporaryFolder(), SHUTDOWN_DELAY_MS: '800' });
  const url = await urlOf(run);
  const stream = await fetch(`${url}/metrics/heart-rate/stream?user_id=${READING.user_id}`);
  const signalMs = performance.now();
  run.child.kill('SIGTERM');
  await run.logged('stopping');
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  const accepted = await post(url, READING);
  expect(accepted.status).toBe(200);
  // Connections that are left at the end of it may be closed while their clients send.
  expect(accepted.headers.get('connection')).toBe('close');
  expect(await run.ended).toEqual({ code: 0, stderr: '', lastLog: 'stopped' });
  expect(performance.now() - signalMs).toBeGreaterThan(790);
  expect(await stream.text()).toMatch(/event: reading\n.*\n.*\n\n$/);
});

test('past its deadline it ends, and says what it waited for', async () => {
  const dataDir = await temporaryFolder();
  const environment = { DATA_DIR: dataDir, FLUSH_INTERVAL_MS: '3600000' };
  const run = start({ ...environment, SHUTDOWN_DEADLINE_MS: '300' });
  const url = await urlOf(run);
  expect((await post(url, READING)).status).toBe(200);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('POST /metrics/heart-rate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n');
  await fetch(`${url}/livez`); // By now the half request has arrived, too.
  run.child.kill('SIGTERM');
  const end = await run.logged('could not stop within the deadline');
  expect(end).toMatchObject({ shutdownDeadlineMs: 300, waitsFor: 'requests under way' });
  expect(await run.ended).toMatchObject({ code: 1 });
  const second = start(environment);
  const latest = `${await urlOf(second)}/metrics/heart-rate/latest?user_id=${READING.user_id}`;
  expect(await (await fetch(latest)).json()).toMatchObject({ heart_rate: READING.heart_rate });
});

/** Ends at once, with code 1 and nothing but these lines on stderr. */
const expectGivesUp = async (run: Run, ...lines: RegExp[]): Promise<void> => {
  const { code, stderr } = await run.ended;
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n')).toEqual(lines.map((line) => expect.stringMatching(line)));
};

/** A module that runs before the service, as a flag for Node. */
const before = (code: string): string[] => [
  `--import=data:text/javascript,${encodeURIComponent(code)}`,
];

const makePipe = (path: string): void => {
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
};

/** A thread for files waits for ever: one that the process uses, or one of its worker threads. */
const stuckIn = (where: 'the process' | 'a worker', pipe: string): string[] =>
  before(`
    import { readFile } from 'node:fs';
    import { threadId } from 'node:worker_threads';
    if (threadId === ${where === 'the process' ? 0 : 1}) {
      readFile(${JSON.stringify(pipe)}, () => {});
    }`);

test.skipIf(process.platform === 'win32').each(['the process', 'a worker'] as const)(
  'a disk that does not answer %s does not keep it from ending',
  async (where) => {
    const folder = await temporaryFolder();
    makePipe(join(folder, 'pipe'));
    const environment = { DATA_DIR: join(folder, 'data'), SHUTDOWN_DEADLINE_MS: '1000' };
    const run = start(environment, stuckIn(where, join(folder, 'pipe')));
    const url = await urlOf(run);
    expect((await post(url, READING)).status).toBe(200);
    // It has loaded, and waits for the disk, once it has answered.
    const query = `user_id=${READING.user_id}&start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z`;
    expect((await fetch(`${url}/metrics/heart-rate?${query}`)).status).toBe(200);
    const stoppedMs = performance.now();
    run.child.kill('SIGTERM');
    const lastLog = 'a file, a name server or a thread does not answer: killed';
    expect(await run.ended).toEqual({ code: null, stderr: '', lastLog });
    expect(performance.now() - stoppedMs).toBeLessThan(6_000);
  },
);

test.skipIf(process.platform === 'win32')(
  'a pipe in the place of the key file is refused, and keeps nothing from being read or ended',
  async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'keys.json');
    makePipe(join(folder, 'pipe'));
    const environment = { API_KEYS_FILE: file, DATA_DIR: join(folder, 'data') };
    const begun = start({ ...environment, API_KEYS_FILE: join(folder, 'pipe') });
    await expectGivesUp(begun, /cannot be read: it is not a regular file$/);
    const key = testKey({ scopes: ['metrics'] });
    await writeFile(file, keyFileText([key.entry]));
    const run = start(environment);
    const url = await urlOf(run);
    const isLoaded = async () => {
      const headers = { authorization: `Bearer ${key.token}` };
      const text = await (await fetch(`${url}/metrics`, { headers })).text();
      return /^heart_rate_file_last_reload_successful\{file="keys"\} (\d)$/m.exec(text)?.[1];
    };
    expect(await isLoaded()).toBe('1');
    await rename(join(folder, 'pipe'), file);
    const failure = await run.logged('files could not be loaded again');
    expect(failure.err).toMatchObject({
      message: expect.stringMatching(/keys.json cannot be read: it is not a regular file$/),
    });
    expect(await isLoaded()).toBe('0');
    await writeFile(join(folder, 'new'), keyFileText([key.entry]));
    await rename(join(folder, 'new'), file);
    await run.logged('files were loaded again');
    expect(await isLoaded()).toBe('1');
    run.child.kill('SIGTERM');
    expect(await run.ended).toEqual({ code: 0, stderr: '', lastLog: 'stopped' });
  },
);

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s while the key file is waited for: it ends at once, by itself',
  async (signal) => {
    const waits = `
      import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { stat } = fs;
      fs.stat = (path, ...rest) => {
        if (!String(path).endsWith('keys.json')) return stat(path, ...rest);
        process.stderr.write('waiting');
        return new Promise(() => {});
      };
      syncBuiltinESMExports();`;
    const folder = await temporaryFolder();
    const run = start(
      { API_KEYS_FILE: join(folder, 'keys.json'), DATA_DIR: folder },
      before(waits),
    );
    await once(run.child.stderr as Readable, 'data');
    run.child.kill(signal);
    const lastLog = 'stopped while it started';
    expect(await run.ended).toEqual({ code: 0, stderr: 'waiting', lastLog });
  },
);

test.skipIf(process.platform === 'win32')(
  'a signal while it starts and a thread loads: it ends in order',
  async () => {
    const folder = await temporaryFolder();
    const pipe = join(folder, 'pipe');
    makePipe(pipe);
    // As native code that loads, which nothing ends before it is done.
    const slow = `
      import { readFileSync, writeSync } from 'node:fs';
      import { Server } from 'node:net';
      import { threadId } from 'node:worker_threads';
      if (threadId === 0) Server.prototype.listen = () => {};
      else {
        writeSync(2, 'loading');
        readFileSync(${JSON.stringify(pipe)});
      }`;
    const run = start({ DATA_DIR: join(folder, 'data') }, before(slow));
    await once(run.child.stderr as Readable, 'data');
    run.child.kill('SIGTERM');
    await sleep(2_500);
    await (await open(pipe, 'r+')).close(); // Who reads goes on.
    const lastLog = 'stopped while it started';
    expect(await run.ended).toEqual({ code: 0, stderr: 'loading', lastLog });
  },
);

test('while it stops it is not ready any more', async () => {
  const run = start({ DATA_DIR: await temporaryFolder() });
  const url = await urlOf(run);
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n');
  await fetch(`${url}/livez`); // By now the half request has arrived, too.
  run.child.kill('SIGTERM');
  await run.logged('stopping');
  socket.write('\r\n');
  const [response] = await once(socket, 'data');
  expect(response).toMatch(/^HTTP\/1.1 503 /);
  expect(await run.ended).toMatchObject({ code: 0, lastLog: 'stopped' });
});

test('on loopback it serves loopback names and those that are allowed, and no others', async () => {
  const run = start({ DATA_DIR: await temporaryFolder(), ALLOWED_HOSTS: 'hr.example' });
  const url = await urlOf(run);
  const statusFor = async (host: string) =>
    (await exchange(url, `GET /livez HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`))
      .status;
  expect(await statusFor(new URL(url).host)).toBe(200);
  expect(await statusFor('hr.example')).toBe(200);
  expect(await statusFor('rebound.example')).toBe(421);
});

test('requests are limited as the environment says', async () => {
  const environment = {
    DATA_DIR: await temporaryFolder(),
    RATE_LIMIT: '1',
    RATE_LIMIT_BURST: '2',
    TRUSTED_PROXIES: '127.0.0.1',
  };
  const url = await urlOf(start(environment));
  const ask = async (client: string): Promise<number> =>
    (await fetch(`${url}/devices`, { headers: { 'x-forwarded-for': client } })).status;
  const statuses = [];
  for (const client of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2']) {
    statuses.push(await ask(client));
  }
  expect(statuses).toEqual([200, 200, 429, 200]);
});

test('device priorities are those of the environment, in the list and in a series', async () => {
  const run = start({
    DATA_DIR: await temporaryFolder(),
    DEVICE_PRIORITIES: 'polar-*=1,device_a=2',
  });
  const url = await urlOf(run);
  expect(await (await fetch(`${url}/devices`)).json()).toEqual({
    devices: [{ device_id: 'device_a', priority: 2 }],
    prefixes: [{ prefix: 'polar-', priority: 1 }],
  });
  await post(url, READING);
  await post(url, { ...READING, device_id: 'polar-h10', heart_rate: 123.4 });
  const series = await fetch(
    `${url}/metrics/heart-rate?user_id=user_123&start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z`,
  );
  expect(await series.json()).toMatchObject({
    data: [{ device_id: 'polar-h10', heart_rate: 123.4 }],
  });
});

test('it is ready after less than 2 seconds of work, however busy the machine is', async () => {
  const run = start({ DATA_DIR: await temporaryFolder() });
  const metrics = await (await fetch(`${await urlOf(run)}/metrics`)).text();
  const seconds = Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(2);
});

test('a port in use', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const run = start({ PORT: String(port), DATA_DIR: await temporaryFolder() });
  await expectGivesUp(run, new RegExp(`^Port ${port} of 127.0.0.1 is in use by another process`));
});

test('an address that is not of this machine', async () => {
  const environment = { HOST: '192.0.2.1', ALLOW_ANONYMOUS: 'true' };
  const run = start({ ...environment, DATA_DIR: await temporaryFolder() });
  await expectGivesUp(run, /^Cannot listen on 192.0.2.1, port 0: /);
});

test('settings that are wrong, each on a line', async () => {
  await expectGivesUp(
    start({ PORT: 'http', LOG_LEVEL: 'loud' }),
    /^PORT must be/,
    /^LOG_LEVEL must/,
  );
});

test('a file of API keys that is none, and none where others are let in', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'keys.json');
  const missing = start({ API_KEYS_FILE: file, DATA_DIR: join(folder, 'data') });
  await expectGivesUp(missing, /^The file of API keys .*keys.json cannot be read: ENOENT/);
  await writeFile(file, '{"keys":[{}]}');
  const broken = start({ API_KEYS_FILE: file, DATA_DIR: join(folder, 'data') });
  await expectGivesUp(broken, /^The file of API keys .*keys.json is not valid: keys\[0\].id: /);
  await expectGivesUp(start({ HOST: '0.0.0.0' }), /^HOST "0.0.0.0" lets other machines in/);
});

test('a data folder that cannot be one', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  const run = start({ DATA_DIR: join(file, 'data') });
  await expectGivesUp(run, /^Cannot open the data folder .*file\/data: ENOTDIR/);
});

test('a data folder that another service has', async () => {
  const dataDir = await temporaryFolder();
  const first = start({ DATA_DIR: dataDir });
  await urlOf(first);
  const second = start({ DATA_DIR: dataDir });
  await expectGivesUp(second, new RegExp(`^Cannot open the data folder .*${first.child.pid}`));
});

/** SIGUSR2 ends all worker threads. */
const MORTAL_WORKERS = `
  import threads from 'node:worker_threads';
  import { syncBuiltinESMExports } from 'node:module';
  const alive = new Set();
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      super(...args);
      alive.add(this);
      this.once('exit', () => alive.delete(this));
    }
  };
  syncBuiltinESMExports();
  process.on('SIGUSR2', () => { for (const worker of alive) void worker.terminate(); });`;

test('worker threads that die are replaced and counted, and no answer or reading is lost', async () => {
  const dataDir = await temporaryFolder();
  const environment = { DATA_DIR: dataDir, FLUSH_INTERVAL_MS: '50' };
  const run = start(environment, before(MORTAL_WORKERS));
  const url = await urlOf(run);
  const day = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
  const seriesOf = async (user: number) => {
    const response = await fetch(`${url}/metrics/heart-rate?user_id=user_${user}&${day}`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { data: unknown[] }).data.length;
  };
  const users = Array.from({ length: 40 }, (_, i) => i);
  for (const round of [0, 1]) {
    const sent = await Promise.all(
      users.map((user) => {
        const timestamp = `2024-01-15T1${round}:00:00Z`;
        return post(url, { ...READING, user_id: `user_${user}`, timestamp });
      }),
    );
    expect(sent.map(({ status }) => status)).toEqual(users.map(() => 200));
    const asked = users.map(seriesOf);
    run.child.kill('SIGUSR2');
    expect(await Promise.all(asked)).toEqual(users.map(() => round + 1));
    await run.logged('a worker thread ended out of turn');
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^heart_rate_worker_restarts_total\{worker="query"\} 2$/m);
  run.child.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 0, stderr: '', lastLog: 'stopped' });
  expect((await parquetFiles(dataDir)).length).toBeGreaterThan(0);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s while the log is being replayed: it ends at once, and the log is there for the next start',
  async (signal) => {
    const dataDir = await temporaryFolder();
    const first = start({ DATA_DIR: dataDir, FLUSH_INTERVAL_MS: '3600000' });
    expect((await post(await urlOf(first), READING)).status).toBe(200);
    first.child.kill('SIGKILL');
    await first.ended;
    // One that would take twenty seconds: each of its segments is read slowly.
    for (let i = 1; i <= 100; i++) {
      await writeFile(join(dataDir, 'wal', `${String(i * 1e6).padStart(16, '0')}.jsonl`), '');
    }
    const slow = `
      import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { readFile } = fs;
      fs.readFile = async (path, ...rest) => {
        if (String(path).endsWith('.jsonl')) await new Promise((done) => setTimeout(done, 200));
        return readFile(path, ...rest);
      };
      syncBuiltinESMExports();`;
    const second = start({ DATA_DIR: dataDir }, before(slow));
    await second.logged('listening');
    await sleep(500);
    const stoppedMs = performance.now();
    second.child.kill(signal);
    expect(await second.ended).toEqual({ code: 0, stderr: '', lastLog: 'stopped' });
    expect(performance.now() - stoppedMs).toBeLessThan(8_000);
    const third = start({ DATA_DIR: dataDir });
    const query = `user_id=${READING.user_id}&start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z`;
    const answer = await fetch(`${await urlOf(third)}/metrics/heart-rate?${query}`);
    expect(await answer.json()).toMatchObject({ count: 1 });
  },
);

test.each([
  ['one that can never be made', '/proc/data', 'ENOENT'],
  ['one in a file', '/dev/null/data', 'ENOTDIR'],
])('a data folder that is %s: it ends at once', async (_, folder, code) => {
  const run = start({ DATA_DIR: folder });
  await expectGivesUp(run, new RegExp(`^Cannot open the data folder ${folder}: ${code}`));
});

test('a data folder in a working directory that was removed: it ends at once', async () => {
  const gone = join(await temporaryFolder(), 'gone');
  await mkdir(gone);
  const script = 'cd "$1" && rmdir "$1" && exec "$2" "$3"';
  const child = spawn('sh', ['-c', script, 'sh', gone, process.execPath, MAIN], {
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: 'data' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/ENOENT/) });
});

test('a Node that is too old', async () => {
  const old = "Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } })";
  const run = start({ DATA_DIR: await temporaryFolder() }, before(old));
  await expectGivesUp(run, /^This is Node 18.20.8; the service needs 20.\d+ or later\.$/);
});

test('a missing native package of Polars', async () => {
  const hide = `
    import { Module } from 'node:module';
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (name, ...rest) => {
      if (name.startsWith('nodejs-polars-')) throw new Error("Cannot find module '" + name + "'");
      return resolve(name, ...rest);
    };`;
  const run = start({ DATA_DIR: await temporaryFolder() }, before(hide));
  await expectGivesUp(run, /^The native part of nodejs-polars cannot be loaded on .*"npm ci"/);
});
