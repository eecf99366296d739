import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const READY_TIMEOUT_MS = 60_000;
const PINO_WARN = 40;

interface LogLine {
  readonly level?: number;
  readonly msg?: string;
  readonly url?: string;
}

/** The built service as a process of its own, on a free port of this machine. */
export class ServiceProcess {
  /** What it said on standard error, and what it logged as a warning or worse. */
  readonly complaints: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #ready: Promise<string>;
  #isEnding = false;

  /**
   * `through` is a command that runs it, with its arguments. Unless it `outlivesTest`, it is ended
   * with the test that started it.
   */
  constructor(
    dataDir: string,
    environment: Readonly<Record<string, string>> = {},
    through: readonly string[] = [],
    outlivesTest = false,
  ) {
    const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', ...environment };
    const [command = process.execPath, ...args] = [...through, process.execPath, MAIN];
    this.#child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'exit');
    if (!outlivesTest) onTestFinished(() => this.kill());
    this.#ready = this.#watch();
    // Whoever kills it before it is ready does not ask for the address.
    this.#ready.catch(() => undefined);
  }

  #watch(): Promise<string> {
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the process has no output');
    createInterface(stderr).on('line', (line) => this.complaints.push(line));
    return new Promise((resolve, reject) => {
      const gaveUp = (why: string) => () =>
        reject(new Error(`the service ${why}: ${this.complaints.join('\n')}`));
      const timer = setTimeout(gaveUp('is not ready'), READY_TIMEOUT_MS);
      this.#child.once('exit', gaveUp('ended'));
      let url = '';
      createInterface(stdout).on('line', (text) => {
        const line = JSON.parse(text) as LogLine;
        if ((line.level ?? 0) >= PINO_WARN) this.complaints.push(text);
        if (line.msg === 'listening') url = line.url ?? '';
        if (line.msg !== 'ready') return;
        clearTimeout(timer);
        resolve(url);
      });
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the service was not started');
    return pid;
  }

  /** Whether it was told to end: from then on its connections may break. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Asks for something with a signal that does not end it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its address, once it takes readings. */
  ready(): Promise<string> {
    return this.#ready;
  }

  /** Its exit code, once it has ended of itself or otherwise. */
  async ended(): Promise<number | null> {
    await this.#exited;
    return this.#child.exitCode;
  }

  /** Ends it as a power switch would end the process. */
  async kill(): Promise<void> {
    this.#isEnding = true;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Asks it to stop and returns its exit code. */
  async stop(signal: 'SIGTERM' | 'SIGINT'): Promise<number | null> {
    this.#isEnding = true;
    this.#child.kill(signal);
    return this.ended();
  }
}
