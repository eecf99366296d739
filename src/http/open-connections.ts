import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { markCut } from './cut-connections.ts';
import type { LastResponses } from './last-responses.ts';
import { requestTimeout } from './slow-clients.ts';

/** What tells the two ends of a connection from all others: by TLS there are two sockets for it. */
const endsOf = ({ localAddress, remoteAddress, remotePort }: Socket): string =>
  `${localAddress} ${remoteAddress} ${remotePort}`;

/**
 * The connections that are open, for what Node does not close by itself when the server is closed:
 * it counts those as busy on which nothing has come yet, and those on which a request has begun.
 */
export class OpenConnections {
  readonly #server: Server;
  readonly #responses: LastResponses;
  /** How many bytes had come when it was open: by TLS those of the handshake. */
  readonly #bytesAtStart = new Map<Socket, number>();
  /** By TLS, until the handshake is done. */
  readonly #greeting = new Map<string, Socket>();
  /** Those on which requests come: by TLS, once the handshake is done. */
  readonly #speaking = new Set<Socket>();
  readonly #told = new WeakSet<Socket>();

  constructor(server: Server, responses: LastResponses, isSecure: boolean) {
    this.#server = server;
    this.#responses = responses;
    server.on('connection', (socket: Socket) => {
      this.#watch(socket);
      if (isSecure) this.#greet(socket);
      else this.#speaking.add(socket);
    });
    server.on('secureConnection', (socket: Socket) => {
      this.#watch(socket);
      this.#greeting.delete(endsOf(socket));
      this.#speaking.add(socket);
    });
  }

  /** Closes those on which nothing has come yet, as browsers and pools open some ahead of need. */
  closeSilent(): void {
    for (const [socket, bytes] of this.#bytesAtStart) {
      if (socket.bytesRead === bytes) socket.destroy();
    }
  }

  /** Refuses the requests whose head has not come in full (408), and closes unfinished handshakes. */
  refuseUnfinished(): void {
    for (const socket of this.#greeting.values()) socket.destroy();
    for (const socket of this.#heads()) {
      if (!this.#told.has(socket)) {
        this.#told.add(socket);
        this.#server.emit('clientError', requestTimeout(), socket);
      } else if (socket.writableFinished) socket.destroy();
    }
  }

  /** Closes all, whatever is under way on them. */
  cut(): void {
    for (const socket of this.#bytesAtStart.keys()) {
      markCut(socket);
      socket.destroy();
    }
  }

  #watch(socket: Socket): void {
    this.#bytesAtStart.set(socket, socket.bytesRead);
    socket.once('close', () => {
      this.#bytesAtStart.delete(socket);
      this.#speaking.delete(socket);
    });
  }

  #greet(socket: Socket): void {
    const ends = endsOf(socket);
    this.#greeting.set(ends, socket);
    socket.once('close', () => {
      if (this.#greeting.get(ends) === socket) this.#greeting.delete(ends);
    });
  }

  /** Those that owe the client nothing, and are not closing with a response that it still reads. */
  #heads(): Socket[] {
    return [...this.#speaking].filter((socket) => {
      const latest = this.#responses.of(socket);
      const isOwed = latest !== undefined && !latest.closed;
      return !isOwed && (!socket.writableEnded || this.#told.has(socket));
    });
  }
}
