import { once } from 'node:events';
import { createServer, type Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { probeHalfClosed } from './half-closed.ts';
import { type HttpApp, SERVER_WIDE } from './http-app.ts';
import { badTargetResponse, respondToParserErrors } from './parser-errors.ts';

/** The time and the header size that a client is allowed. */
export interface ConnectionLimits {
  /** From the first byte of a request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  /** For an idle connection; longer than load balancers usually keep theirs. */
  readonly keepAliveTimeoutMs: number;
  readonly maxHeaderBytes: number;
  /** For requests in flight when the server is closed. */
  readonly drainTimeoutMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  maxHeaderBytes: 16_384,
  drainTimeoutMs: 10_000,
};

/** How often connections are checked: for timeouts, and for idle ones while stopping. */
const CHECK_INTERVAL_MS = 1_000;
const DRAIN_CHECK_INTERVAL_MS = 50;

export interface ListeningServer {
  /** The address without a path, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Takes no new connection, and resolves when all requests in flight have ended. */
  close(): Promise<void>;
}

const serve = (server: Server, app: HttpApp): void => {
  const listener = getRequestListener(app.fetch, {
    // HTTP/1.0 may come without a Host.
    hostname: 'localhost',
    errorHandler: () => badTargetResponse(app),
  });
  const latest = new WeakMap<Duplex, ServerResponse>();
  const latestOf = (socket: Duplex) => latest.get(socket);
  server.on('request', (incoming, outgoing) => {
    latest.set(incoming.socket, outgoing);
    if (incoming.url === '*' && incoming.method === 'OPTIONS') incoming.url = SERVER_WIDE;
    return listener(incoming, outgoing);
  });
  // By itself Node responds to any expectation but 100-continue with a 417 without a body.
  server.on('checkExpectation', (...exchange) => server.emit('request', ...exchange));
  respondToParserErrors(server, app, latestOf);
  probeHalfClosed(server, latestOf);
};

/** Rejects with the system's error when the address is taken or not this machine's. */
export const listen = async (
  app: HttpApp,
  address: { readonly host: string; readonly port: number },
  limits: ConnectionLimits = CONNECTION_LIMITS,
): Promise<ListeningServer> => {
  let isClosing = false;
  /** Tells the client that its connection ends with this response, once the server is to close. */
  class ClosingResponse extends ServerResponse {
    override writeHead(...head: [never]): this {
      if (isClosing) this.shouldKeepAlive = false;
      return super.writeHead(...head);
    }
  }
  const server = createServer({
    ServerResponse: ClosingResponse,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.maxHeaderBytes,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    // Left to the app; Node's own response would have no body.
    requireHostHeader: false,
  });
  serve(server, app);
  server.listen(address.port, address.host);
  await once(server, 'listening');

  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    async close() {
      isClosing = true;
      const closed = once(server, 'close');
      server.close();
      // A keep-alive connection whose last request ends while stopping would otherwise stay open.
      const idle = setInterval(() => server.closeIdleConnections(), DRAIN_CHECK_INTERVAL_MS);
      const deadline = setTimeout(() => server.closeAllConnections(), limits.drainTimeoutMs);
      await closed;
      clearInterval(idle);
      clearTimeout(deadline);
    },
  };
};
