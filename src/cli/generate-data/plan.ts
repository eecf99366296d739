import type { Measurement } from './measurement.ts';
import { type Dataset, measure } from './measurements.ts';
import { SeededRandom } from './random.ts';

export type DeliveryKind = 'single' | 'burst' | 'repeat' | 'correction';

/** One request: a reading, or a batch of them when it is a burst. */
export interface Delivery {
  readonly kind: DeliveryKind;
  readonly measurements: readonly Measurement[];
  /**
   * Index of the delivery that must have been answered before this one is sent. Of two different
   * values for one identity the last accepted wins, so they may not be under way together.
   */
  readonly after?: number;
}

const REPEATED = 0.03;
const CORRECTED = 0.01;
const LATE = 0.03;
/** Chance that a device goes offline after a reading; its next ones come in one batch. */
const OFFLINE = 0.004;
const BURST = { min: 20, max: 100 };
/** How many places an ordinary reading may be overtaken by others. */
const DISORDER = 40;
/** Within how many places a repeat or a correction follows. */
const FOLLOW_UP = 500;

/** A delivery whose place in the order is not yet settled. */
interface Draft {
  readonly kind: DeliveryKind;
  readonly measurements: readonly Measurement[];
  readonly place: number;
  readonly after?: Draft;
}

/** The places in order of time at which each device of each user reports. */
const placesBySeries = (measurements: readonly Measurement[]): number[][] => {
  const bySeries = new Map<string, number[]>();
  measurements.forEach(({ userId, deviceId }, place) => {
    const series = `${userId} ${deviceId}`;
    const places = bySeries.get(series);
    if (places === undefined) bySeries.set(series, [place]);
    else places.push(place);
  });
  return [...bySeries.values()];
};

/** Every measurement once, alone or in a burst; by the place of the measurement. */
const firstDeliveries = (measurements: readonly Measurement[], random: SeededRandom): Draft[] => {
  const drafts: Draft[] = [];
  for (const places of placesBySeries(measurements)) {
    for (let from = 0; from < places.length; ) {
      const isBurst = random.chance(OFFLINE);
      const taken = places.slice(from, from + (isBurst ? random.integer(BURST.min, BURST.max) : 1));
      const last = taken.at(-1) as number;
      const isLate = random.chance(LATE);
      const delay = isLate
        ? random.next() * (measurements.length - last)
        : random.next() * DISORDER;
      const draft: Draft = {
        kind: isBurst ? 'burst' : 'single',
        measurements: taken.map((place) => measurements[place] as Measurement),
        place: last + delay,
      };
      for (const place of taken) drafts[place] = draft;
      from += taken.length;
    }
  }
  return drafts;
};

/** The measurement once more, soon or at the very same time. */
const repeat = (measurement: Measurement, first: Draft, random: SeededRandom): Draft => {
  const delay = random.chance(0.5) ? 0 : random.next() * FOLLOW_UP;
  return { kind: 'repeat', measurements: [measurement], place: first.place + delay };
};

const correct = (measurement: Measurement, first: Draft, random: SeededRandom): Draft => ({
  kind: 'correction',
  measurements: [{ ...measurement, heartRate: measurement.heartRate + random.integer(1, 20) / 2 }],
  place: first.place + 1 + random.next() * FOLLOW_UP,
  after: first,
});

/**
 * What is sent, in the order in which it is sent: `count` readings in all, of many devices in turn,
 * out of order, some late, some in bursts, some twice and some corrected.
 */
export const planDeliveries = (dataset: Dataset): Delivery[] => {
  const random = new SeededRandom(dataset.seed);
  const repeats = Math.round(dataset.count * REPEATED);
  const corrections = Math.round(dataset.count * CORRECTED);
  const measurements = measure(dataset, dataset.count - repeats - corrections, random);
  const firsts = firstDeliveries(measurements, random);

  const places = random.shuffled([...measurements.keys()]);
  const followUp = (make: typeof repeat) => (place: number) =>
    make(measurements[place] as Measurement, firsts[place] as Draft, random);
  const drafts = [
    ...new Set(firsts),
    ...places.slice(0, repeats).map(followUp(repeat)),
    ...places.slice(repeats, repeats + corrections).map(followUp(correct)),
  ].sort((a, b) => a.place - b.place);

  const indexes = new Map(drafts.map((draft, index) => [draft, index]));
  return drafts.map(({ kind, measurements, after }) => {
    const index = after && indexes.get(after);
    return { kind, measurements, ...(index !== undefined && { after: index }) };
  });
};
