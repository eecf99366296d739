import { once } from 'node:events';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { refuseBody } from './body/refused-body.ts';
import type { HttpApp, Refusal } from './http-app.ts';
import { knownMethod } from './known-method.ts';
import type { LastResponses } from './last-responses.ts';

const NOT_HTTP: Refusal = { kind: 'malformed-http', detail: 'This is not valid HTTP/1.1.' };
const NO_PROXY: Refusal = { kind: 'malformed-http', detail: 'The service is no proxy.' };

/** A target or a host of which Hono cannot make a request. */
export const BAD_TARGET: Refusal = {
  kind: 'malformed-http',
  detail: 'The request target or the Host header is not valid.',
};

/** Node's parser says it as well, of names and values alone. */
export const HEADERS_TOO_LARGE: Refusal = {
  kind: 'headers-too-large',
  detail: 'The headers are too large.',
};

/** What the parser refuses, by the code of its error. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: HEADERS_TOO_LARGE,
  ERR_HTTP_REQUEST_TIMEOUT: {
    kind: 'request-timeout',
    detail: 'The request took too long to arrive.',
  },
};

/** Undefined for an error of the connection, on which nothing can be sent. */
const refusalOf = ({ code = '' }: NodeJS.ErrnoException): Refusal | undefined =>
  REFUSALS[code] ?? (code.startsWith('HPE_') ? NOT_HTTP : undefined);

/** The app's response, counted and logged like any other, to a request of an unknown method. */
export const refuse = async (app: HttpApp, refusal: Refusal): Promise<Response> =>
  app.fetch(new Request('http://localhost/', { method: knownMethod(undefined) }), { refusal });

/**
 * Sends what is the last of a connection. To close both sides at once would reset it under a client
 * that still sends, and take the response from it (RFC 9112 9.6); one that never closes its side
 * keeps it for no longer than `lingerMs`: after CONNECT Node looks after it no more.
 */
const sendAndClose = async (
  socket: Duplex,
  response: Response,
  lingerMs: number,
): Promise<void> => {
  const { status } = response;
  const body = await response.text();
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${headers.join('')}\r\n${body}`,
  );
  socket.resume();
  const lingering = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(lingering));
};

/**
 * Responds to what Node's parser refuses, and to CONNECT, which Node has no response for.
 * Behind the final response of a connection there is none.
 */
export const respondToParserErrors = (
  server: Server,
  app: HttpApp,
  responses: LastResponses,
  lingerMs: number,
): void => {
  /** Behind the responses that are owed before it. */
  const respond = async (socket: Duplex, refusal: Refusal): Promise<void> => {
    const latest = responses.of(socket);
    if (latest?.closed === false) await once(latest, 'close');
    await sendAndClose(socket, await refuse(app, refusal), lingerMs);
  };
  const refused = new WeakSet<Socket>();
  server.on('clientError', async (error: NodeJS.ErrnoException, socket: Socket) => {
    const refusal = refusalOf(error);
    if (refusal === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    if (refused.has(socket)) return;
    const latest = responses.of(socket);
    const isOfBody = latest?.req.complete === false;
    if (responses.isFinal(socket) && !isOfBody) return;
    refused.add(socket);
    if (isOfBody) {
      // The request has one response in any case, that of its handler.
      latest.shouldKeepAlive = false;
      refuseBody(latest.req, refusal);
    }
    if (!isOfBody) return respond(socket, refusal);
    if (!latest.closed) await once(latest, 'close');
    socket.end();
  });
  server.on('connect', async (_incoming: IncomingMessage, socket: Duplex) => {
    // Node has taken its own listeners away, and an error that nobody hears ends the process.
    socket.on('error', () => socket.destroy());
    socket.on('timeout', () => server.emit('timeout', socket));
    if (responses.isFinal(socket)) return;
    await respond(socket, NO_PROXY);
  });
};
