import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How often a client that sends no more is asked whether it still listens. */
const PROBE_INTERVAL_MS = 100;

const isWaitedFor = (response: ServerResponse | undefined): response is ServerResponse =>
  response !== undefined && !response.headersSent && !response.destroyed;

/**
 * A client may end its side of the connection when its request is sent, and wait for the response
 * (RFC 9112 9.6). One that has gone altogether looks the same, until something is sent to it: so
 * `102 Processing`, which every client of HTTP/1.1 passes over (RFC 9110 15.2), is sent until the
 * response begins. Who has gone resets the connection, and the request is aborted.
 */
export const probeHalfClosed = (
  server: Server,
  latestOf: (socket: Socket) => ServerResponse | undefined,
): void => {
  // Node has no documented name for it; without it a connection is closed with the client's side.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket) => {
    socket.once('end', () => {
      const latest = latestOf(socket);
      if (!isWaitedFor(latest) || latest.req.httpVersion === '1.0') return;
      const probe = setInterval(() => {
        if (!isWaitedFor(latest)) clearInterval(probe);
        // Without a socket it waits for the responses before it.
        else if (latest.socket !== null) latest.writeProcessing();
      }, PROBE_INTERVAL_MS);
    });
  });
};
