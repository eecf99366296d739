import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { LoadJob, LoadResult } from './job.ts';
import { type NextRequest, requestsFor } from './requests.ts';
import { ResponseReader } from './response-reader.ts';

const TICK_MS = 1;

/** One connection, with at most one request under way. */
interface Connection {
  readonly socket: Socket;
  readonly nextRequest: NextRequest;
  /** From when the latency of the request under way counts. */
  sinceMs: number;
}

/** A job under way. Bare sockets: Node's HTTP client costs more than the servers it would measure. */
class RunningJob {
  readonly #job: LoadJob;
  readonly #connections: Connection[] = [];
  readonly #latenciesMs: number[] = [];
  readonly #tardinessMs: number[] = [];
  readonly #otherStatuses = new Map<number, number>();
  /** When requests were due that no connection has been free for. */
  readonly #due: number[] = [];
  readonly #idle: Connection[] = [];
  readonly #settle: { resolve: () => void; reject: (error: Error) => void };
  readonly #finished: Promise<void>;
  #startMs = 0;
  #lastAnswerMs = 0;
  #sent = 0;
  #answered = 0;
  /** Nothing more will become due, so the answer to what is under way is the last. */
  #isEnding = false;

  constructor(job: LoadJob) {
    this.#job = job;
    const { promise, ...settle } = withResolvers();
    this.#finished = promise;
    this.#settle = settle;
  }

  async run(): Promise<LoadResult> {
    const { hostname, port, host } = new URL(this.#job.url);
    const source = requestsFor(this.#job.requests, host);
    for (let left = this.#job.connections; left > 0; left--) {
      await this.#connect(Number(port), hostname, source());
    }
    this.#startMs = performance.now();
    if (this.#job.ratePerSecond === undefined) {
      for (const connection of this.#connections) this.#sendUnlessOver(connection);
    } else {
      this.#idle.push(...this.#connections);
      this.#tick(this.#job.ratePerSecond);
    }
    try {
      await this.#finished;
    } finally {
      for (const { socket } of this.#connections) socket.removeAllListeners('close').destroy();
    }
    return {
      latenciesMs: Float64Array.from(this.#latenciesMs),
      otherStatuses: this.#otherStatuses,
      sent: this.#sent,
      wallMs: this.#lastAnswerMs - this.#startMs,
      tardinessMs: Float64Array.from(this.#tardinessMs),
    };
  }

  async #connect(port: number, host: string, nextRequest: NextRequest): Promise<void> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    const connection = { socket, nextRequest, sinceMs: 0 };
    const reader = new ResponseReader((status) => this.#answer(connection, status));
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.#settle.reject(error as Error);
      }
    });
    socket.on('error', this.#settle.reject);
    socket.on('close', () => this.#settle.reject(new Error('the server closed a connection')));
    this.#connections.push(connection);
  }

  #send(connection: Connection, sinceMs: number): void {
    const request = connection.nextRequest();
    if (request === undefined) {
      this.#isEnding = true;
    } else {
      connection.sinceMs = sinceMs;
      this.#sent++;
      connection.socket.write(request);
    }
    if (this.#isEnding && this.#answered === this.#sent) this.#settle.resolve();
  }

  #answer(connection: Connection, status: number): void {
    const nowMs = performance.now();
    this.#answered++;
    this.#lastAnswerMs = nowMs;
    if (status === 200) this.#latenciesMs.push(nowMs - connection.sinceMs);
    else this.#otherStatuses.set(status, (this.#otherStatuses.get(status) ?? 0) + 1);
    if (this.#job.ratePerSecond === undefined) {
      this.#sendUnlessOver(connection);
    } else {
      this.#idle.push(connection);
      this.#sendDue();
    }
  }

  /** In a closed loop: what a connection does once its last request was answered. */
  #sendUnlessOver(connection: Connection): void {
    const nowMs = performance.now();
    if (nowMs - this.#startMs < (this.#job.durationMs ?? Number.POSITIVE_INFINITY)) {
      this.#send(connection, nowMs);
    } else {
      this.#isEnding = true;
      if (this.#answered === this.#sent) this.#settle.resolve();
    }
  }

  /** In an open loop: takes up what has become due since the last tick. */
  #tick(ratePerSecond: number): void {
    const total = Math.floor((ratePerSecond * (this.#job.durationMs ?? 0)) / 1000);
    const nowMs = performance.now();
    const due = Math.floor(((nowMs - this.#startMs) * ratePerSecond) / 1000) + 1;
    for (let next = this.#tardinessMs.length; next < Math.min(due, total); next++) {
      const dueMs = this.#startMs + (next * 1000) / ratePerSecond;
      this.#tardinessMs.push(nowMs - dueMs);
      this.#due.push(dueMs);
    }
    if (this.#tardinessMs.length < total) setTimeout(() => this.#tick(ratePerSecond), TICK_MS);
    else this.#isEnding = true;
    this.#sendDue();
  }

  #sendDue(): void {
    while (this.#due.length > 0 && this.#idle.length > 0) {
      // The one that has been idle for longest: a server closes those that are for too long.
      this.#send(this.#idle.shift() as Connection, this.#due.shift() as number);
    }
    if (this.#isEnding && this.#due.length === 0 && this.#answered === this.#sent) {
      this.#settle.resolve();
    }
  }
}

const withResolvers = () => {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
};

export const runJob = (job: LoadJob): Promise<LoadResult> => new RunningJob(job).run();
