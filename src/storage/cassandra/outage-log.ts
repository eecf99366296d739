import { errors, types } from 'cassandra-driver';
import type { StoreObserver } from '../store-observer.ts';

const INTERVAL_MS = 1_000;

const CODES = new Map<number, string>(
  Object.entries(types.responseErrorCodes).map(([name, code]) => [code as number, name]),
);

/** What the driver adds to errors, by their kind. */
interface Added {
  /** Of the system, as ECONNREFUSED, or a number of the protocol. */
  readonly code?: string | number;
  readonly coordinator?: string;
  readonly received?: number;
  readonly blockFor?: number;
  readonly alive?: number;
  readonly required?: number;
}

const kindOf = (error: unknown): string => {
  if (error instanceof errors.ResponseError) return CODES.get(error.code) ?? `code ${error.code}`;
  return error instanceof Error ? error.name : 'unknown';
};

/**
 * Which node failed how. Of the words of errors nothing is taken: a node's own may hold what a
 * statement was carried out with, and that is users and their readings.
 */
const causeOf = (error: unknown): string => {
  if (error instanceof errors.NoHostAvailableError) {
    const tried = Object.entries(error.innerErrors ?? {}).map(
      ([address, inner]) => `${address} ${causeOf(inner)}`,
    );
    return tried.length === 0 ? 'no node is known to be up' : `of nodes tried: ${tried.join(', ')}`;
  }
  if (error instanceof errors.OperationTimedOutError) {
    return `no answer in time${error.host === undefined ? '' : ` from ${error.host}`}`;
  }
  const { code, coordinator, received, blockFor, alive, required } = (error ?? {}) as Added;
  const parts = [typeof code === 'string' ? code : kindOf(error)];
  if (coordinator !== undefined) parts.push(`from ${coordinator}`);
  if (blockFor !== undefined) parts.push(`${received} of ${blockFor} replicas answered`);
  if (required !== undefined) parts.push(`${alive} of ${required} replicas are up`);
  return parts.join(', ');
};

/**
 * Tells why the cluster did not do what it was asked for, without saying for whom: each kind of
 * failure at once, and while it goes on once a second, with how many there were.
 */
export class OutageLog {
  readonly #observer: Pick<StoreObserver, 'failed'>;
  /** Of each kind that was told of within the last second: what has come since. */
  readonly #since = new Map<string, { count: number; last: unknown; timer: NodeJS.Timeout }>();

  constructor(observer: Pick<StoreObserver, 'failed'>) {
    this.#observer = observer;
  }

  /** What the driver has rejected with. */
  failed(error: unknown): void {
    const kind = kindOf(error);
    const since = this.#since.get(kind);
    if (since !== undefined) {
      since.count++;
      since.last = error;
      return;
    }
    this.#tell(kind, 1, error);
  }

  /** Tells what it has not yet. */
  close(): void {
    for (const [kind, { count, last, timer }] of this.#since) {
      clearTimeout(timer);
      if (count > 0) this.#report(kind, count, last);
    }
    this.#since.clear();
  }

  #tell(kind: string, count: number, error: unknown): void {
    this.#report(kind, count, error);
    const timer = setTimeout(() => {
      const since = this.#since.get(kind);
      this.#since.delete(kind);
      if (since !== undefined && since.count > 0) this.#tell(kind, since.count, since.last);
    }, INTERVAL_MS).unref();
    this.#since.set(kind, { count: 0, last: undefined, timer });
  }

  #report(kind: string, count: number, error: unknown): void {
    const times = count === 1 ? '' : `, ${count} times within a second`;
    this.#observer.failed({
      what: `Cassandra did not do what it was asked for: ${kind}${times}`,
      error: new Error(causeOf(error)),
    });
  }
}
