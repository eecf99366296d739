import { get } from 'node:http';

export interface TimedAnswer {
  readonly status: number;
  /** From the request to the first byte of the body. */
  readonly firstByteMs: number;
  readonly wholeMs: number;
  readonly body: string;
}

/** Asks once, on a connection of its own. */
export const timedGet = (url: string): Promise<TimedAnswer> =>
  new Promise((resolve, reject) => {
    const startMs = performance.now();
    let firstByteMs = Number.NaN;
    const chunks: Buffer[] = [];
    get(url, { agent: false }, (response) => {
      response.on('data', (chunk: Buffer) => {
        if (chunks.push(chunk) === 1) firstByteMs = performance.now() - startMs;
      });
      response.on('error', reject);
      response.on('end', () => {
        const wholeMs = performance.now() - startMs;
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, firstByteMs, wholeMs, body });
      });
    }).on('error', reject);
  });
