import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ALLOCATOR, openFilesOf, residentBytesOf } from '../support/process-figures.ts';
import { endWithUs } from './scratch.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const MIB = 2 ** 20;
const FLUSH_CHECK_MS = 50;
const SETTLE_CHECK_MS = 250;
const SETTLE_TIMEOUT_MS = 300_000;
/** So many checks in a row that find it at rest. A compaction of many parts pauses in between. */
const CALM_CHECKS = 4;
const CALM_CPU_SHARE = 0.2;

/** Settings of the service, as its environment. */
export type ServiceSettings = Readonly<Record<string, string>>;

/** However far Parquet is behind, nothing is refused for it. */
export const PATIENT: ServiceSettings = { MAX_UNFLUSHED_BYTES: String(16 * 1024 * MIB) };

/** Readings stay in the log and in memory, as far as the service's settings go. */
export const NEVER_FLUSHED: ServiceSettings = {
  FLUSH_INTERVAL_MS: '86400000',
  FLUSH_QUIET_MS: '86400000',
  SEGMENT_MAX_BYTES: String(1024 * MIB),
  ...PATIENT,
};

/** So often that each turn of a few seconds bears its share of the work that follows an answer. */
export const FLUSHED_OFTEN: ServiceSettings = { FLUSH_INTERVAL_MS: '2000', FLUSH_QUIET_MS: '500' };

/** What `GET /health` says of the storage. */
export interface StorageHealth {
  readonly unflushed_readings: number;
  readonly segments: number;
  readonly parts: number;
}

interface LogLine {
  readonly msg?: string;
  readonly url?: string;
}

/** The built service as a process of its own, with the settings of `npm start`. */
export class BenchedService {
  /** Its address, as soon as it listens. */
  readonly listening: Promise<string>;
  /** Its address, once it takes readings. */
  readonly ready: Promise<string>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #headers: Readonly<Record<string, string>>;

  /** A service that asks for API keys needs one with the scope `metrics`, to be looked at. */
  constructor(dataDir: string, settings: ServiceSettings = {}, apiKey?: string) {
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const env = { ...process.env, ...ALLOCATOR, DATA_DIR: dataDir, PORT: '0', ...settings };
    this.#child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    endWithUs(this.#child);
    this.#exited = once(this.#child, 'exit');
    let heard: (line: LogLine) => void = () => undefined;
    const said = (message: string) =>
      new Promise<string>((resolve, reject) => {
        let url = '';
        const before = heard;
        heard = (line) => {
          before(line);
          url = line.url ?? url;
          if (line.msg === message) resolve(url);
        };
        this.#child.once('exit', () => reject(new Error('the service ended')));
      });
    this.listening = said('listening');
    this.ready = said('ready');
    // Whoever waits for one of them need not look at the other.
    this.listening.catch(() => undefined);
    this.ready.catch(() => undefined);
    this.#readLog((line) => heard(line));
  }

  #readLog(heard: (line: LogLine) => void): void {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the process has no output');
    const lines = createInterface(stdout);
    lines.on('line', (text) => {
      const line = JSON.parse(text) as LogLine;
      heard(line);
      if (line.msg !== 'ready') return;
      // A line for each request follows: to read them would cost more than to write them.
      lines.close();
      stdout.resume();
    });
  }

  /** The value of one of its metrics that has no labels. */
  async metrics(): Promise<(name: string) => number> {
    const answer = await fetch(`${await this.ready}/metrics`, { headers: this.#headers });
    const text = await answer.text();
    return (name) => {
      const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
      if (value === undefined) throw new Error(`the service has no metric ${name}`);
      return Number(value);
    };
  }

  /** Rejects when the storage is unavailable. */
  async storage(): Promise<StorageHealth> {
    const answer = await fetch(`${await this.ready}/health`, { headers: this.#headers });
    const body = (await answer.json()) as { readonly storage?: StorageHealth };
    if (body.storage === undefined) throw new Error(`the service is not well: ${answer.status}`);
    return body.storage;
  }

  /** Its memory at this moment, as Linux tells it; NaN on other systems. */
  residentBytes(): number {
    return residentBytesOf(this.#pid);
  }

  /** How many files and sockets it has open, as Linux tells it; NaN on other systems. */
  openFiles(): number {
    return openFilesOf(this.#pid);
  }

  get #pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the service was not started');
    return pid;
  }

  /** Resolves when every reading it has acknowledged is in Parquet. */
  async flushed(): Promise<void> {
    while ((await this.storage()).unflushed_readings > 0) await sleep(FLUSH_CHECK_MS);
  }

  /** Resolves when all is in Parquet and nothing is compacted any more. */
  async settle(): Promise<void> {
    const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
    let cpuSeconds = 0;
    let parts = 0;
    for (let calm = 0; calm < CALM_CHECKS; ) {
      if (performance.now() > deadlineMs) throw new Error('the service does not come to rest');
      await sleep(SETTLE_CHECK_MS);
      const metric = await this.metrics();
      const [lastCpuSeconds, lastParts] = [cpuSeconds, parts];
      cpuSeconds = metric('process_cpu_seconds_total');
      parts = metric('heart_rate_parquet_parts');
      const isCalm =
        metric('heart_rate_log_segments') === 0 &&
        parts === lastParts &&
        cpuSeconds - lastCpuSeconds < (CALM_CPU_SHARE * SETTLE_CHECK_MS) / 1000;
      calm = isCalm ? calm + 1 : 0;
    }
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  /** Ends it as a power switch would end the process. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
