import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Draft, targetOf } from './draft.ts';

/** Whatever it is, it has its response by then. */
const DEADLINE_MS = 5_000;

export interface Exchanged {
  readonly response: Response;
  readonly body: Buffer;
}

const NO_BODY = [204, 304];

const responseOf = (incoming: IncomingMessage, body: Buffer): Response => {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const { statusCode: status = 0 } = incoming;
  if (NO_BODY.includes(status) && body.length > 0) throw new Error(`a ${status} with a body`);
  return new Response(body.length === 0 ? null : new Uint8Array(body), { status, headers });
};

/** The response, over a real connection. Of a stream only its beginning. */
const readResponse = async (incoming: IncomingMessage): Promise<Exchanged> => {
  const isEndless = incoming.headers['content-type'] === 'text/event-stream';
  if (isEndless && incoming.statusCode === 200) {
    incoming.destroy();
    return { response: responseOf(incoming, Buffer.alloc(0)), body: Buffer.alloc(0) };
  }
  const body = await buffer(incoming);
  return { response: responseOf(incoming, body), body };
};

export class Wire {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** Rejects when there is no response in time, or the connection is closed instead. */
  async exchange(draft: Draft): Promise<Exchanged> {
    const { method, headers, body } = draft;
    const { hostname, port } = this.#url;
    const isChunked = headers['transfer-encoding'] !== undefined;
    const length = isChunked ? {} : { 'content-length': String(body?.wire.length ?? 0) };
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          hostname,
          port,
          method,
          path: targetOf(draft),
          headers: { host: `localhost:${port}`, ...length, ...headers },
          signal: AbortSignal.timeout(DEADLINE_MS),
        },
        (incoming) => void readResponse(incoming).then(resolve, reject),
      );
      sent.on('error', reject);
      sent.end(body?.wire);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
