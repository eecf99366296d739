import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Returns what closes the connections on which nothing has come yet. Browsers and pools of
 * connections open some ahead of need; Node does not count them among the idle ones, and would wait
 * for their first request as long as for one that has begun.
 */
export const closerOfSilentConnections = (server: Server): (() => void) => {
  /** How many bytes had come when it was open: by TLS those of the handshake. */
  const bytesAtStart = new Map<Socket, number>();
  const watch = (socket: Socket) => {
    bytesAtStart.set(socket, socket.bytesRead);
    socket.once('close', () => bytesAtStart.delete(socket));
  };
  server.on('connection', watch).on('secureConnection', watch);
  return () => {
    for (const [socket, bytes] of bytesAtStart) if (socket.bytesRead === bytes) socket.destroy();
  };
};
