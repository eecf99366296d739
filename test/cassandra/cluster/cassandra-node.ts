import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addressOf,
  CQL_PORT,
  GOSSIP_PORT,
  javaOptions,
  type NodeSpec,
  writeNodeFiles,
} from './node-files.ts';

const STOP_TIMEOUT_MS = 20_000;
const PORT_TIMEOUT_MS = 10_000;

/** Whether somebody listens there. */
const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });

/** One Cassandra, a child of this process: it is ended by its own process id, and with it. */
export class CassandraNode {
  readonly spec: NodeSpec;
  readonly #jars: string;
  #child: ChildProcess | undefined;

  constructor(spec: NodeSpec, jars: string) {
    this.spec = spec;
    this.#jars = jars;
  }

  get address(): string {
    return addressOf(this.spec);
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && !this.#child.signalCode;
  }

  /** Begins to start, anew or from its disk; somebody else's server at its address is an error. */
  async launch(): Promise<void> {
    if (this.isRunning) throw new Error(`${this.address} is running`);
    for (const port of [CQL_PORT, GOSSIP_PORT]) {
      if (!(await answers(this.address, port))) continue;
      throw new Error(`${this.address}:${port} is taken by a process that is none of this test's`);
    }
    await writeNodeFiles(this.spec);
    const output = await open(join(this.spec.folder, 'stdout.log'), 'a');
    const args = [...javaOptions(this.spec), '-cp', `${this.#jars}/*`];
    this.#child = spawn('java', [...args, 'org.apache.cassandra.service.CassandraDaemon'], {
      stdio: ['ignore', output.fd, output.fd],
    });
    await once(this.#child, 'spawn');
    await output.close();
  }

  /** A crash. Resolves when its ports are free. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** In order: it flushes and leaves. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.resume();
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#end('SIGTERM');
    clearTimeout(timer);
  }

  /** It hangs, until it is told to go on. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** For when this process ends out of order. */
  signalAtOnce(): void {
    this.#child?.kill('SIGKILL');
  }

  /** What it has logged last, for who wonders why it did not start. */
  async lastWords(): Promise<string> {
    const texts = await Promise.all(
      ['stdout.log', 'system.log'].map((name) =>
        readFile(join(this.spec.folder, name), 'utf8').catch(() => ''),
      ),
    );
    return texts.map((text) => text.split('\n').slice(-15).join('\n')).join('\n');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    const deadline = Date.now() + PORT_TIMEOUT_MS;
    while (await answers(this.address, CQL_PORT)) {
      if (Date.now() > deadline) throw new Error(`${this.address} goes on answering`);
      await sleep(50);
    }
  }
}
