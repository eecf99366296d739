import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

/** Latencies in milliseconds, and how many calls were not answered with 200. */
export interface LoadResult {
  readonly latenciesMs: readonly number[];
  readonly errors: number;
  readonly wallMs: number;
}

/** Sends a call and resolves with whether it was answered with 200, its body read in full. */
const send = (url: string, agent: Agent, call: Call): Promise<boolean> =>
  new Promise((resolve) => {
    const headers =
      call.body === undefined
        ? {}
        : { 'content-type': call.contentType, 'content-length': Buffer.byteLength(call.body) };
    const sent = request(url + call.path, { agent, method: call.method, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode === 200));
      answer.on('error', () => resolve(false));
    });
    sent.on('error', () => resolve(false));
    sent.end(call.body);
  });

/** Each of `connections` sends the next call when its last one was answered. */
export const closedLoop = async (
  url: string,
  connections: number,
  nextCall: () => Call | undefined,
): Promise<LoadResult> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latenciesMs: number[] = [];
  let errors = 0;
  const startedAtMs = performance.now();
  const worker = async () => {
    for (let call = nextCall(); call !== undefined; call = nextCall()) {
      const sentAtMs = performance.now();
      if (await send(url, agent, call)) latenciesMs.push(performance.now() - sentAtMs);
      else errors++;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return { latenciesMs, errors, wallMs: performance.now() - startedAtMs };
};

/**
 * Sends at a fixed rate whether or not answers come. A latency counts from the moment at which the
 * call was due, so that a service that stalls is not spared what it made others wait.
 */
export const openLoop = async (
  url: string,
  ratePerSecond: number,
  durationMs: number,
  nextCall: () => Call,
): Promise<LoadResult> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latenciesMs: number[] = [];
  let errors = 0;
  const under: Promise<void>[] = [];
  const startedAtMs = performance.now();
  const total = Math.floor((ratePerSecond * durationMs) / 1000);
  for (let sent = 0; sent < total; ) {
    const due = Math.floor(((performance.now() - startedAtMs) * ratePerSecond) / 1000) + 1;
    for (; sent < Math.min(due, total); sent++) {
      const dueAtMs = startedAtMs + (sent * 1000) / ratePerSecond;
      const call = send(url, agent, nextCall()).then((isAnswered) => {
        if (isAnswered) latenciesMs.push(performance.now() - dueAtMs);
        else errors++;
      });
      under.push(call);
    }
    await sleep(1);
  }
  await Promise.all(under);
  agent.destroy();
  return { latenciesMs, errors, wallMs: performance.now() - startedAtMs };
};

export const percentile = (values: readonly number[], quantile: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? Number.NaN;
};
