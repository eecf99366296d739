import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

const TIMEOUT_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly token: string;
  readonly type?: string;
  readonly body?: string;
  readonly isGzipped?: boolean;
}

/** Speaks to a service that wants keys, and counts what it hears, by who asked. */
export class SoakClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });
  readonly #origin: string;
  /** By the name of who asked and the status; 0 stands for no response. */
  readonly counts = new Map<string, number>();
  /** When there were responses of 500 and more, and which. */
  readonly failures: { readonly atMs: number; readonly what: string; readonly status: number }[] =
    [];

  constructor(origin: string) {
    this.#origin = origin;
  }

  close(): void {
    this.#agent.destroy();
  }

  #count(who: string, { method = 'GET', path }: Asked, { status, body }: Answer): void {
    const name = `${who} ${status}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    if (status < 500) return;
    const what = `${who}: ${method} ${path} was answered ${status} ${body}`;
    this.failures.push({ atMs: performance.now(), what, status });
  }

  /** The response's beginning; undefined when there is none. */
  open(asked: Asked): Promise<IncomingMessage | undefined> {
    const { method = 'GET', path, token, type, body, isGzipped = false } = asked;
    const bytes = body === undefined || !isGzipped ? body : gzipSync(body);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(isGzipped ? { 'content-encoding': 'gzip' } : {}),
    };
    return new Promise((resolve) => {
      const options = { method, headers, agent: this.#agent };
      const sent = request(new URL(path, this.#origin), options, resolve);
      sent.setTimeout(TIMEOUT_MS, () => sent.destroy());
      sent.on('error', () => resolve(undefined));
      sent.end(bytes);
    });
  }

  /** The whole response; status 0 when it did not come, or not to its end. */
  async ask(who: string, asked: Asked): Promise<Answer> {
    const response = await this.open(asked);
    const body = response === undefined ? undefined : await text(response).catch(() => undefined);
    const answer =
      body === undefined ? { status: 0, body: '' } : { status: response?.statusCode ?? 0, body };
    this.#count(who, asked, answer);
    return answer;
  }
}
