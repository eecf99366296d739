import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { refuseBody } from './body/refused-body.ts';
import type { HttpApp, Refusal } from './http-app.ts';
import { knownMethod } from './known-method.ts';

const NOT_HTTP: Refusal = { kind: 'malformed-http', detail: 'This is not valid HTTP/1.1.' };
const NO_PROXY: Refusal = { kind: 'malformed-http', detail: 'The service is no proxy.' };
const BAD_TARGET: Refusal = {
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
const refuse = async (app: HttpApp, refusal: Refusal): Promise<Response> =>
  app.fetch(new Request('http://localhost/', { method: knownMethod(undefined) }), { refusal });

/** The response to a target or a host of which Hono cannot make a request. */
export const badTargetResponse = (app: HttpApp): Promise<Response> => refuse(app, BAD_TARGET);

const sendAndClose = async (socket: Duplex, response: Response): Promise<void> => {
  const { status } = response;
  const body = await response.text();
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${headers.join('')}\r\n${body}`,
  );
};

/**
 * Responds to what Node's parser refuses, and to CONNECT, which Node has no response for.
 * `latestOf` gives the last response of a connection.
 */
export const respondToParserErrors = (
  server: Server,
  app: HttpApp,
  latestOf: (socket: Duplex) => ServerResponse | undefined,
): void => {
  const refused = new WeakSet<Socket>();
  server.on('clientError', async (error: NodeJS.ErrnoException, socket: Socket) => {
    const refusal = refusalOf(error);
    if (refusal === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    if (refused.has(socket)) return;
    refused.add(socket);
    const latest = latestOf(socket);
    const isOfBody = latest?.req.complete === false;
    if (isOfBody) {
      // The request has one response in any case, that of its handler.
      latest.shouldKeepAlive = false;
      refuseBody(latest.req, refusal);
    }
    if (latest?.closed === false) await once(latest, 'close');
    if (isOfBody) socket.end();
    else await sendAndClose(socket, await refuse(app, refusal));
  });
  server.on('connect', async (_incoming: IncomingMessage, socket: Duplex) => {
    await sendAndClose(socket, await refuse(app, NO_PROXY));
  });
};
