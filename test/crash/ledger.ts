/** A reading as a client sends it; `minute` counts from the first day, for one a minute. */
export interface SentReading {
  readonly user: string;
  readonly device: string;
  readonly minute: number;
  /** Within its minute; belongs to the identity. */
  readonly micros: number;
  readonly heartRate: number;
}

/** An erasure of a person's readings, of all devices or of one, in minutes as above. */
export interface SentErasure {
  readonly user: string;
  readonly device: string | undefined;
  /** Half-open. */
  readonly startMinute: number;
  readonly endMinute: number;
}

const FIRST_DAY = '2024-02-28';
export const DAYS = 2;
const FIRST_MILLIS = Date.parse(`${FIRST_DAY}T00:00:00Z`);

/** The minute an instant lies in, in milliseconds since the epoch. */
export const minuteOf = (millis: number): number => Math.floor((millis - FIRST_MILLIS) / 60_000);

/** `2024-02-28T10:00:00Z` of a minute since the first day. */
export const minuteText = (minute: number): string =>
  `${new Date(FIRST_MILLIS + minute * 60_000).toISOString().slice(0, 19)}Z`;

/** The instant of a reading, to the microsecond. */
export const instantText = ({ minute, micros }: SentReading): string => {
  const second = Math.floor(micros / 1_000_000);
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${minuteText(minute).slice(0, 17)}${String(second).padStart(2, '0')}.${fraction}Z`;
};

/** One identity: what it must hold, and what it may hold instead because no answer came. */
interface Identity {
  acknowledged: number | undefined;
  /** `undefined` stands for an erasure. */
  unanswered: (number | undefined)[];
  readonly everSent: Set<number>;
}

/** What was found wrong, each with what it was. */
export interface Findings {
  readonly lost: string[];
  readonly invented: string[];
  readonly torn: string[];
}

const seriesOf = ({ user, device }: SentReading): string => JSON.stringify([user, device]);

/**
 * Everything that was sent and what became of it. A value that was acknowledged must be there
 * until a later one of its identity is, or until it is erased; a request without an answer may have
 * happened or not, but what a restart shows once stays so. No two values are alike, so each can be
 * told by itself.
 */
export class Ledger {
  /** Readings whose acknowledgement was held against what was found, each time. */
  checked = 0;
  /** Requests that were answered 200, and the readings in them. */
  acknowledgements = 0;
  acknowledged = 0;
  readonly findings: Findings = { lost: [], invented: [], torn: [] };
  readonly #series = new Map<string, Map<number, Identity>>();
  readonly #touched = new Set<string>();
  #unansweredRequests: (readonly SentReading[])[] = [];
  #unansweredErasures: SentErasure[] = [];

  /** Notes a request before its first byte leaves. Of one identity it may hold one reading only. */
  sending(request: readonly SentReading[]): void {
    this.#unansweredRequests.push(request);
    for (const one of request) {
      const identity = this.#identity(one);
      identity.unanswered.push(one.heartRate);
      identity.everSent.add(one.heartRate);
      this.#touched.add(seriesOf(one));
    }
  }

  accepted(request: readonly SentReading[]): void {
    this.#unansweredRequests = this.#unansweredRequests.filter((other) => other !== request);
    for (const one of request) {
      const identity = this.#identity(one);
      identity.acknowledged = one.heartRate;
      identity.unanswered = [];
    }
    this.acknowledgements++;
    this.acknowledged += request.length;
  }

  /** Takes back a request that was refused before anything could be stored of it. */
  refused(request: readonly SentReading[]): void {
    this.#unansweredRequests = this.#unansweredRequests.filter((other) => other !== request);
    for (const one of request) {
      const { unanswered } = this.#identity(one);
      unanswered.splice(unanswered.lastIndexOf(one.heartRate), 1);
    }
  }

  /** Notes an erasure before its first byte leaves; returns how many readings it covers. */
  erasing(erasure: SentErasure): number {
    this.#unansweredErasures.push(erasure);
    let covered = 0;
    for (const [series, identity] of this.#coveredBy(erasure)) {
      if (identity.acknowledged !== undefined) covered++;
      identity.unanswered.push(undefined);
      this.#touched.add(series);
    }
    return covered;
  }

  erased(erasure: SentErasure): void {
    this.#unansweredErasures = this.#unansweredErasures.filter((other) => other !== erasure);
    for (const [, identity] of this.#coveredBy(erasure)) {
      identity.acknowledged = undefined;
      identity.unanswered = [];
    }
    this.acknowledgements++;
  }

  get series(): readonly string[] {
    return [...this.#series.keys()];
  }

  /** The series that were sent to since this was asked last. */
  takeTouched(): readonly string[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }

  /** Holds what a restarted service has of a series, heart rate by minute, against what was sent. */
  check(series: string, found: ReadonlyMap<number, number>): void {
    const identities = this.#series.get(series) ?? new Map<number, Identity>();
    for (const [minute, rate] of found) {
      if (identities.get(minute)?.everSent.has(rate) !== true) {
        this.findings.invented.push(`${series} ${minuteText(minute)}: ${rate} was never sent`);
      }
    }
    for (const [minute, identity] of identities) {
      const rate = found.get(minute);
      const { acknowledged, unanswered } = identity;
      if (rate !== acknowledged && !unanswered.includes(rate)) {
        this.findings.lost.push(`${series} ${minuteText(minute)}: ${rate}, not ${acknowledged}`);
      }
      if (acknowledged !== undefined) this.checked++;
    }
  }

  /**
   * Once all that was touched is checked: a request without an answer must be there whole or not
   * at all. From here on what was found is what must be found.
   */
  settle(found: ReadonlyMap<string, ReadonlyMap<number, number>>): void {
    for (const request of this.#unansweredRequests) {
      const there = request.filter(
        (one) => found.get(seriesOf(one))?.get(one.minute) === one.heartRate,
      );
      if (there.length > 0 && there.length < request.length) {
        const [first] = request as [SentReading];
        this.findings.torn.push(
          `${there.length} of ${request.length} readings, the first ${instantText(first)}`,
        );
      }
    }
    this.#unansweredRequests = [];
    for (const erasure of this.#unansweredErasures) {
      const covered = [...this.#coveredBy(erasure)].filter(
        // Not what came after it.
        ([, { acknowledged, unanswered }]) =>
          acknowledged !== undefined && unanswered.includes(undefined),
      );
      const left = covered.filter(([series, , minute]) => found.get(series)?.has(minute)).length;
      if (left > 0 && left < covered.length) {
        const what = JSON.stringify(erasure);
        this.findings.torn.push(`${left} of ${covered.length} readings are left of ${what}`);
      }
    }
    this.#unansweredErasures = [];
    for (const [series, rates] of found) {
      for (const [minute, identity] of this.#series.get(series) ?? []) {
        identity.acknowledged = rates.get(minute);
        identity.unanswered = [];
      }
    }
  }

  *#coveredBy(erasure: SentErasure): Generator<[series: string, Identity, minute: number]> {
    const { user, device, startMinute, endMinute } = erasure;
    for (const [series, identities] of this.#series) {
      const [ofUser, ofDevice] = JSON.parse(series) as [string, string];
      if (ofUser !== user || (device !== undefined && ofDevice !== device)) continue;
      for (const [minute, identity] of identities) {
        if (minute >= startMinute && minute < endMinute) yield [series, identity, minute];
      }
    }
  }

  #identity(one: SentReading): Identity {
    const key = seriesOf(one);
    const identities = this.#series.get(key) ?? new Map<number, Identity>();
    this.#series.set(key, identities);
    let identity = identities.get(one.minute);
    if (identity === undefined) {
      identity = { acknowledged: undefined, unanswered: [], everSent: new Set() };
      identities.set(one.minute, identity);
    }
    return identity;
  }
}
