import type { Duplex } from 'node:stream';

const cut = new WeakSet<Duplex>();

/** Marks a connection that the service itself is about to close before its response is out. */
export const markCut = (socket: Duplex): void => {
  cut.add(socket);
};

/** Whether it was the service that closed it, and not the client. */
export const isCut = (socket: Duplex): boolean => cut.has(socket);
