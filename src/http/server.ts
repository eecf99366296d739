import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { probeHalfClosed } from './half-closed.ts';
import { type HttpApp, type Refusal, SERVER_WIDE } from './http-app.ts';
import { LastResponses } from './last-responses.ts';
import { OpenConnections } from './open-connections.ts';
import { BAD_TARGET, HEADERS_TOO_LARGE, refuse, respondToParserErrors } from './parser-errors.ts';
import { headBytes } from './request-headers.ts';
import { cutSlowClients, type SpeedLimits } from './slow-clients.ts';
import type { TlsCredentials } from './tls-files.ts';

/** The connections, the time and the header size that clients are allowed. */
export interface ConnectionLimits extends SpeedLimits {
  /** One more is closed as soon as it is open, without a word. */
  readonly maxConnections: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  /** For an idle connection; longer than load balancers usually keep theirs. */
  readonly keepAliveTimeoutMs: number;
  /** Of the request line and all headers, with the usual separators: {@link headBytes}. */
  readonly maxHeaderBytes: number;
  /** For the client to close its side of a connection that a refusal has ended. */
  readonly lingerTimeoutMs: number;
  /** For heads, and handshakes of TLS, that have begun when the server is closed. */
  readonly drainHeadTimeoutMs: number;
  /** For requests in flight when the server is closed. */
  readonly drainTimeoutMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  maxConnections: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  readTimeoutMs: 60_000,
  bodyGraceMs: 5_000,
  minBodyBytesPerSecond: 1_000,
  maxHeaderBytes: 16_384,
  lingerTimeoutMs: 2_000,
  drainHeadTimeoutMs: 2_000,
  drainTimeoutMs: 10_000,
};

/** How often connections are checked: for timeouts, and for idle ones while stopping. */
const CHECK_INTERVAL_MS = 1_000;
const DRAIN_CHECK_INTERVAL_MS = 50;

export interface ListeningServer {
  /** The address without a path, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /**
   * From now on each response is the last of its connection, unless others are owed behind it; new
   * connections are taken all the same.
   */
  announceClosing(): void;
  /** Takes no new connection, and resolves when all requests in flight have ended. */
  close(): Promise<void>;
  /** How many connections were closed because there were too many. */
  dropped(): number;
  /** For connections from now on; only of a server that was given some. */
  setCredentials(credentials: TlsCredentials): void;
}

/** Where it listens, and whether by TLS. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly credentials?: TlsCredentials;
}

const MIN_TLS_VERSION = 'TLSv1.2';

/** Node's listener for the app, or for what is no request for it: `refusal` says why. */
const listenerOf = (app: HttpApp, refusal?: Refusal) =>
  getRequestListener(
    (request, env) => {
      const bindings = env as HttpBindings;
      return app.fetch(request, refusal === undefined ? bindings : { ...bindings, refusal });
    },
    {
      // HTTP/1.0 may come without a Host.
      hostname: 'localhost',
      errorHandler: () => refuse(app, refusal ?? BAD_TARGET),
    },
  );

/** So many requests are read that have no response; Node keeps all of them, 1.5 kB each. */
const MAX_PASSED_OVER = 100;

/**
 * What is left unread would reset the connection, and the response before it be lost. But that may be
 * a stream, which does not end for long: of who goes on sending behind it nothing is read any more.
 */
const passOver = (incoming: IncomingMessage, responses: LastResponses): void => {
  const { socket } = incoming;
  // Node reads on at the end of each request.
  if (responses.passedOver(socket) > MAX_PASSED_OVER) setImmediate(() => socket.pause());
  else incoming.resume();
};

const serve = (
  server: Server,
  app: HttpApp,
  responses: LastResponses,
  limits: ConnectionLimits,
): void => {
  const listener = listenerOf(app);
  const refuser = listenerOf(app, HEADERS_TOO_LARGE);
  server.on('request', (incoming, outgoing) => {
    if (!responses.take(outgoing)) {
      passOver(incoming, responses);
      return;
    }
    if (incoming.url === '*' && incoming.method === 'OPTIONS') incoming.url = SERVER_WIDE;
    if (headBytes(incoming) <= limits.maxHeaderBytes) return listener(incoming, outgoing);
    responses.end(outgoing);
    return refuser(incoming, outgoing);
  });
  // By itself Node responds to any expectation but 100-continue with a 417 without a body.
  server.on('checkExpectation', (...exchange) => server.emit('request', ...exchange));
  respondToParserErrors(server, app, responses, limits.lingerTimeoutMs);
  probeHalfClosed(server, responses.of);
  cutSlowClients(server, responses.of, limits, CHECK_INTERVAL_MS);
};

/** Rejects with the system's error when the address is taken or not this machine's. */
export const listen = async (
  app: HttpApp,
  address: ServerAddress,
  limits: ConnectionLimits = CONNECTION_LIMITS,
): Promise<ListeningServer> => {
  let isClosing = false;
  const responses = new LastResponses();
  /** Tells the client that its connection ends with this response, once the server is to close. */
  class ClosingResponse extends ServerResponse {
    override writeHead(...head: [never]): this {
      if (isClosing) responses.end(this);
      return super.writeHead(...head);
    }
  }
  const options = {
    ServerResponse: ClosingResponse,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.maxHeaderBytes,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    // Left to the app; Node's own response would have no body.
    requireHostHeader: false,
  };
  const { credentials } = address;
  const secure =
    credentials &&
    createSecureServer({
      ...options,
      ...credentials,
      minVersion: MIN_TLS_VERSION,
      handshakeTimeout: limits.headersTimeoutMs,
    });
  const server = secure ?? createServer(options);
  server.maxConnections = limits.maxConnections;
  // By itself Node keeps some of them, and a second Host would hide behind those. Their bytes count.
  server.maxHeadersCount = 0;
  let dropped = 0;
  server.on('drop', () => dropped++);
  serve(server, app, responses, limits);
  const connections = new OpenConnections(server, responses, secure !== undefined);
  server.listen(address.port, address.host);
  await once(server, 'listening');

  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `${secure === undefined ? 'http' : 'https'}://${host}:${port}`,
    setCredentials: (changed) =>
      secure?.setSecureContext({ ...changed, minVersion: MIN_TLS_VERSION }),
    dropped: () => dropped,
    announceClosing() {
      isClosing = true;
    },
    async close() {
      isClosing = true;
      const closed = once(server, 'close');
      server.close();
      // A keep-alive connection whose last request ends while stopping would otherwise stay open.
      const headDeadlineMs = performance.now() + limits.drainHeadTimeoutMs;
      const idle = setInterval(() => {
        server.closeIdleConnections();
        connections.closeSilent();
        if (performance.now() >= headDeadlineMs) connections.refuseUnfinished();
      }, DRAIN_CHECK_INTERVAL_MS);
      const deadline = setTimeout(() => connections.cut(), limits.drainTimeoutMs);
      await closed;
      clearInterval(idle);
      clearTimeout(deadline);
    },
  };
};
