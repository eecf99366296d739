import { setTimeout as sleep } from 'node:timers/promises';
import type { HeartRateClient, Reading } from '../../../client/src/index.ts';
import { Latencies } from './latencies.ts';
import { type Measurement, toReading } from './measurement.ts';
import type { Delivery } from './plan.ts';
import type { Progress } from './progress.ts';

export interface Pace {
  /** Readings a second; 0 means without pause. */
  readonly rate: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
}

/** The clocks of devices: the same instant in UTC, in Berlin's summer, in India, … */
const OFFSETS_MINUTES = [undefined, 120, 330, -210];

/** A repeat comes in another notation than the first time: it is the instant that identifies. */
const readingsOf = ({ kind, measurements }: Delivery): Reading[] =>
  measurements.map((measurement) => {
    const clock = measurement.deviceId.charCodeAt(measurement.deviceId.length - 1);
    const shift = kind === 'repeat' ? 1 : 0;
    return toReading(measurement, OFFSETS_MINUTES[(clock + shift) % OFFSETS_MINUTES.length]);
  });

/** When each delivery is due, in milliseconds from the start. */
const dueTimes = (plan: readonly Delivery[], rate: number): number[] => {
  let readings = 0;
  return plan.map(({ measurements }) => {
    const dueMs = rate === 0 ? 0 : (readings * 1000) / rate;
    readings += measurements.length;
    return dueMs;
  });
};

const countReadings = (deliveries: readonly Delivery[]): number =>
  deliveries.reduce((sum, { measurements }) => sum + measurements.length, 0);

/** Sends a plan in its order and at a pace. A request that fails is noted, and the rest goes on. */
export class PlanSender {
  readonly latencies = new Latencies();
  /** What went wrong, in order. */
  readonly errors: string[] = [];
  readonly #client: HeartRateClient;
  readonly #plan: readonly Delivery[];
  readonly #pace: Pace;
  readonly #dueMs: readonly number[];
  readonly #total: number;
  /** One for each delivery that is under way or done, true once it is accepted. */
  readonly #outcomes: Promise<boolean>[] = [];
  #startMs = 0;
  #readings = 0;

  constructor(client: HeartRateClient, plan: readonly Delivery[], pace: Pace) {
    this.#client = client;
    this.#plan = plan;
    this.#pace = pace;
    this.#dueMs = dueTimes(plan, pace.rate);
    this.#total = countReadings(plan);
  }

  /**
   * Sends all of it, and resolves with what the service accepted: of each identity in the order of
   * acceptance.
   */
  async run(): Promise<Measurement[]> {
    this.#startMs = performance.now();
    await Promise.all(Array.from({ length: this.#pace.concurrency }, () => this.#runLane()));
    const isAccepted = await Promise.all(this.#outcomes);
    return this.#plan.flatMap(({ measurements }, i) => (isAccepted[i] ? measurements : []));
  }

  /** How far it has come. */
  progress(): Progress {
    return {
      readings: this.#readings,
      total: this.#total,
      elapsedMs: performance.now() - this.#startMs,
      latency: this.latencies.recent(),
      errors: this.errors.length,
    };
  }

  /**
   * Takes the next delivery as soon as the last one is done, like the other lanes beside it. What a
   * delivery waits for comes earlier in the plan, so a lane has it already: no circle can form.
   */
  async #runLane(): Promise<void> {
    while (this.#outcomes.length < this.#plan.length) {
      const index = this.#outcomes.length;
      const outcome = this.#deliver(this.#plan[index] as Delivery, this.#dueMs[index] as number);
      this.#outcomes.push(outcome);
      await outcome;
    }
  }

  async #deliver(delivery: Delivery, dueMs: number): Promise<boolean> {
    const earlyMs = dueMs - (performance.now() - this.#startMs);
    if (earlyMs > 0) await sleep(earlyMs);
    if (delivery.after !== undefined) await this.#outcomes[delivery.after];
    try {
      await this.latencies.time(() => this.#post(delivery));
      return true;
    } catch (error) {
      this.errors.push(String(error));
      return false;
    } finally {
      this.#readings += delivery.measurements.length;
    }
  }

  #post(delivery: Delivery): Promise<unknown> {
    const readings = readingsOf(delivery);
    const [first] = readings;
    const isAlone = delivery.kind !== 'burst' && first !== undefined;
    return isAlone ? this.#client.ingest(first) : this.#client.ingestBatch(readings);
  }
}
