import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { markCut } from './cut-connections.ts';

/** How slowly a client may send and read. */
export interface SpeedLimits {
  /** A client that takes nothing of its response for so long loses its connection. */
  readonly readTimeoutMs: number;
  /** So long a body may take, however slowly it comes … */
  readonly bodyGraceMs: number;
  /** … and longer only as long as it came at this rate beyond that. */
  readonly minBodyBytesPerSecond: number;
}

/** A body that is under way, as it was found first. */
interface Arriving {
  readonly response: ServerResponse;
  readonly sinceMs: number;
  readonly bytesBefore: number;
}

/** Whether the service has received a request and not yet all of its response from the app. */
const isAtWork = (response: ServerResponse | undefined): boolean =>
  response?.req.complete === true && !response.writableEnded;

/**
 * Cuts off those who do not read: by a time without a byte in either direction. Who waits for the
 * service loses nothing, as long as it is the service that has nothing to send.
 */
const cutSlowReaders = (
  server: Server,
  latestOf: (socket: Socket) => ServerResponse | undefined,
  { readTimeoutMs }: SpeedLimits,
): void => {
  server.timeout = readTimeoutMs;
  // Node closes the connection itself only without a listener.
  server.on('timeout', (socket: Socket) => {
    if (socket.writableLength === 0 && isAtWork(latestOf(socket))) return;
    markCut(socket);
    socket.destroy();
  });
};

/** Node's own error for a request that takes too long, with all that follows from it. */
export const requestTimeout = () =>
  Object.assign(new Error('The request comes too slowly.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/**
 * Refuses bodies that trickle in as Node refuses requests that take too long: 408. A body that is
 * not read by the service arrives no further, and is cut off likewise.
 */
const refuseSlowBodies = (
  server: Server,
  latestOf: (socket: Socket) => ServerResponse | undefined,
  { bodyGraceMs, minBodyBytesPerSecond }: SpeedLimits,
  checkIntervalMs: number,
): void => {
  const arriving = new Map<Socket, Arriving | undefined>();
  const watch = (socket: Socket) => {
    arriving.set(socket, undefined);
    socket.once('close', () => arriving.delete(socket));
  };
  const check = (socket: Socket, known: Arriving | undefined, nowMs: number) => {
    const response = latestOf(socket);
    if (response === undefined || response.req.complete) {
      if (known !== undefined) arriving.set(socket, undefined);
    } else if (known?.response !== response) {
      arriving.set(socket, { response, sinceMs: nowMs, bytesBefore: socket.bytesRead });
    } else {
      const bytes = socket.bytesRead - known.bytesBefore;
      const allowedMs = bodyGraceMs + (bytes / minBodyBytesPerSecond) * 1000;
      if (nowMs - known.sinceMs > allowedMs) server.emit('clientError', requestTimeout(), socket);
    }
  };
  // Looking at all connections now and then costs requests nothing.
  const checking = setInterval(() => {
    const nowMs = performance.now();
    for (const [socket, known] of arriving) check(socket, known, nowMs);
  }, checkIntervalMs).unref();
  server
    .on('connection', watch)
    .on('secureConnection', watch)
    .on('close', () => clearInterval(checking));
};

/**
 * Frees the service of clients that are too slow to serve: `latestOf` gives the last response of a
 * connection, `checkIntervalMs` says how often bodies are looked at.
 */
export const cutSlowClients = (
  server: Server,
  latestOf: (socket: Socket) => ServerResponse | undefined,
  limits: SpeedLimits,
  checkIntervalMs: number,
): void => {
  cutSlowReaders(server, latestOf, limits);
  refuseSlowBodies(server, latestOf, limits, checkIntervalMs);
};
