import type { Erasure } from '../../../src/readings/erasure.ts';
import type { Reading } from '../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../src/readings/reading-batch.ts';

/** What was asked of a store. Each reading of it has a heart rate that no other has. */
export type Request = Append | { readonly kind: 'erase'; readonly erasure: Erasure };

export interface Append {
  readonly kind: 'append';
  readonly readings: readonly Reading[];
}

/** What the store has answered; a request that it rejected may still be found after a restart. */
export type Outcome = 'waiting' | 'acknowledged' | 'rejected';

/** Heart rates by identity. */
export type Contents = ReadonlyMap<string, number>;

export const identityOf = ({ userId, deviceId, timestampMicros }: Reading): string =>
  `${userId} ${deviceId} ${timestampMicros}`;

/** What was sent to a store, in order, and what it said to each; tells what may be found in it. */
export class History {
  readonly #requests: Request[] = [];
  readonly #outcomes: Outcome[] = [];

  /** A copy that ends where these were the outcomes, and goes on on its own. */
  upTo(outcomes: readonly Outcome[]): History {
    const beginning = new History();
    beginning.#requests.push(...this.#requests.slice(0, outcomes.length));
    beginning.#outcomes.push(...outcomes);
    return beginning;
  }

  count(outcome: Outcome): number {
    return this.#outcomes.filter((one) => one === outcome).length;
  }

  /** What had been answered at this moment. */
  outcomes(): readonly Outcome[] {
    return [...this.#outcomes];
  }

  /** Notes a request, sends it, notes the answer; rejects as `send` does. */
  async track(request: Request, send: () => Promise<unknown>): Promise<void> {
    const index = this.#requests.push(request) - 1;
    this.#outcomes.push('waiting');
    try {
      await send();
      this.#outcomes[index] = 'acknowledged';
    } catch (error) {
      this.#outcomes[index] = 'rejected';
      throw error;
    }
  }

  /**
   * What is wrong with what was found after a restart, if anything. Right is: all acknowledged
   * requests, and each of the others wholly or not at all, in the order in which they were sent.
   */
  judge(found: Contents, outcomes: readonly Outcome[] = this.#outcomes): string | undefined {
    const optionalErasures = outcomes.flatMap((outcome, index) =>
      outcome !== 'acknowledged' && this.#requests[index]?.kind === 'erase' ? [index] : [],
    );
    let wrong: string | undefined;
    for (let choice = 0; choice < 2 ** optionalErasures.length; choice++) {
      const erased = new Set(optionalErasures.filter((_, bit) => (choice >> bit) % 2 === 1));
      const difference = this.#differenceFrom(found, outcomes, (request, index) =>
        request.kind === 'erase' ? erased.has(index) : isFound(request.readings, found),
      );
      if (difference === undefined) return undefined;
      wrong ??= difference;
    }
    return wrong;
  }

  /** As {@link judge}, while the process lives: what it rejected must not be there. */
  judgeLive(found: Contents): string | undefined {
    return this.#differenceFrom(found, this.#outcomes, () => false);
  }

  #differenceFrom(
    found: Contents,
    outcomes: readonly Outcome[],
    happened: (request: Request, index: number) => boolean,
  ): string | undefined {
    const expected = new Map<string, number>();
    outcomes.forEach((outcome, index) => {
      const request = this.#requests[index] as Request;
      if (outcome === 'acknowledged' || happened(request, index)) apply(expected, request);
    });
    const differences: string[] = [];
    for (const identity of new Set([...expected.keys(), ...found.keys()])) {
      const [is, should] = [found.get(identity), expected.get(identity)];
      if (is !== should) differences.push(`${identity}: ${is} in place of ${should}`);
    }
    return differences.length === 0 ? undefined : differences.join('; ');
  }
}

const apply = (contents: Map<string, number>, request: Request): void => {
  if (request.kind === 'append') {
    for (const reading of request.readings) contents.set(identityOf(reading), reading.heartRate);
    return;
  }
  const { userId, deviceId, range } = request.erasure;
  for (const identity of contents.keys()) {
    const [user, device, micros] = identity.split(' ');
    if (user !== userId || (deviceId !== undefined && device !== deviceId)) continue;
    const t = Number(micros);
    if (range === undefined || (range.startMicros <= t && t < range.endMicros)) {
      contents.delete(identity);
    }
  }
};

/** Rates are never used twice, so one that is found tells that its request was stored. */
const isFound = (readings: readonly Reading[], found: Contents): boolean =>
  readings.some((reading) => found.get(identityOf(reading)) === reading.heartRate);

export const batchOf = (readings: readonly Reading[]): ReadingBatch => ReadingBatch.of(...readings);
