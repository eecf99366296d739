import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { HttpApp } from './http-app.ts';
import { type Problem, problemBody } from './responses/problem.ts';

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

/** The responses to what Node could not parse, by the error's code. */
const PARSER_ERRORS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: problemBody('headers-too-large', { detail: 'The headers are too large.' }),
  ERR_HTTP_REQUEST_TIMEOUT: problemBody('request-timeout', {
    detail: 'The request took too long to arrive.',
  }),
};
const NOT_HTTP = problemBody('malformed-http', { detail: 'This is not valid HTTP/1.1.' });
const BAD_TARGET = problemBody('malformed-http', {
  detail: 'The request target or the Host header is not valid.',
});

const respondToParserError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = PARSER_ERRORS[error.code ?? ''] ?? NOT_HTTP;
  const { status } = problem;
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `X-Request-Id: ${randomUUID()}\r\n` +
      `Content-Type: application/problem+json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
};

const badTargetResponse = (): Response =>
  new Response(JSON.stringify(BAD_TARGET), {
    status: BAD_TARGET.status,
    headers: { 'Content-Type': 'application/problem+json', 'X-Request-Id': randomUUID() },
  });

/** Rejects with the system's error when the address is taken or not this machine's. */
export const listen = async (
  app: HttpApp,
  address: { readonly host: string; readonly port: number },
  limits: ConnectionLimits = CONNECTION_LIMITS,
): Promise<ListeningServer> => {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: limits.maxHeaderBytes,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      // Left to badTargetResponse; Node's own response would have no body.
      requireHostHeader: false,
    },
    getRequestListener(app.fetch, { errorHandler: badTargetResponse }),
  );
  server.on('clientError', respondToParserError);
  server.listen(address.port, address.host);
  await once(server, 'listening');

  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    async close() {
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
