import { Ledger, type SentErasure, type SentReading } from './ledger.ts';

/** One request: its readings, or what it erases; and the series' states it leaves. */
type Operation = readonly SentReading[] | SentErasure;

/** `found` by series (JSON of user and device): heart rate by minute. */
export type FoundSeries = ReadonlyMap<string, ReadonlyMap<number, number>>;

const isErasure = (one: Operation): one is SentErasure => 'startMinute' in one;

/** How many identities differ between what is found and what the operations so far leave. */
class Differences {
  count = 0;
  readonly #found: FoundSeries;
  readonly #state = new Map<string, Map<number, number>>();

  constructor(found: FoundSeries) {
    this.#found = found;
    for (const rates of found.values()) this.count += rates.size;
  }

  apply(operation: Operation): void {
    if (!isErasure(operation)) {
      for (const { user, device, minute, heartRate } of operation) {
        this.#set(JSON.stringify([user, device]), minute, heartRate);
      }
      return;
    }
    const { user, device, startMinute, endMinute } = operation;
    for (const [series, state] of this.#state) {
      const [ofUser, ofDevice] = JSON.parse(series) as [string, string];
      if (ofUser !== user || (device !== undefined && device !== ofDevice)) continue;
      for (const minute of [...state.keys()]) {
        if (minute >= startMinute && minute < endMinute) this.#set(series, minute, undefined);
      }
    }
  }

  #set(series: string, minute: number, rate: number | undefined): void {
    const state = this.#state.get(series) ?? new Map<number, number>();
    this.#state.set(series, state);
    const found = this.#found.get(series)?.get(minute);
    if (state.get(minute) !== found) this.count--;
    if (rate !== found) this.count++;
    if (rate === undefined) state.delete(minute);
    else state.set(minute, rate);
  }
}

/** A ledger of one writer that also keeps the order of its requests. */
export class Operations extends Ledger {
  readonly #sent: Operation[] = [];
  #answered = 0;

  override sending(request: readonly SentReading[]): void {
    this.#sent.push(request);
    super.sending(request);
  }

  override accepted(request: readonly SentReading[]): void {
    this.#answered++;
    super.accepted(request);
  }

  override erasing(erasure: SentErasure): number {
    this.#sent.push(erasure);
    return super.erasing(erasure);
  }

  override erased(erasure: SentErasure): void {
    this.#answered++;
    super.erased(erasure);
  }

  /** How many requests have been answered. */
  get answered(): number {
    return this.#answered;
  }

  /**
   * After how many requests, `atLeast` or more, the store had just what was found: all of each, in
   * order, and nothing of those after. Undefined when at no moment: something is lost, invented or
   * torn.
   */
  momentOf(found: FoundSeries, atLeast: number): number | undefined {
    const differences = new Differences(found);
    for (let done = 0; ; done++) {
      if (done >= atLeast && differences.count === 0) return done;
      const next = this.#sent[done];
      if (next === undefined) return undefined;
      differences.apply(next);
    }
  }
}
