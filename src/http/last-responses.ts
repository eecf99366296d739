import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * The last response of each connection, and which connections end with it. What comes behind the
 * response that says so must not be carried out (RFC 9112 9.6): nobody would learn of it, and who
 * sends it again on another connection would have it done twice.
 */
export class LastResponses {
  readonly #latest = new WeakMap<Duplex, ServerResponse>();
  /** With how many requests there have been behind it. */
  readonly #ending = new WeakMap<Duplex, number>();

  readonly of = (socket: Duplex): ServerResponse | undefined => this.#latest.get(socket);

  /** Whether its last response says that nothing comes after it. */
  readonly isFinal = (socket: Duplex): boolean => this.#ending.has(socket);

  /** Whether there is to be a response: not when one before it is the end of its connection. */
  take(response: ServerResponse): boolean {
    const { socket } = response.req;
    const passedOver = this.#ending.get(socket);
    if (passedOver !== undefined) {
      this.#ending.set(socket, passedOver + 1);
      return false;
    }
    this.#latest.set(socket, response);
    return true;
  }

  /** How many requests came behind the last response of a connection, and have none. */
  passedOver(socket: Duplex): number {
    return this.#ending.get(socket) ?? 0;
  }

  /** Its connection ends with it, unless others have been taken since, which are owed theirs. */
  end(response: ServerResponse): void {
    const { socket } = response.req;
    if (this.#latest.get(socket) !== response) return;
    response.shouldKeepAlive = false;
    this.#ending.set(socket, 0);
  }
}
