import { createHash } from 'node:crypto';
import type { Measurement } from './measurement.ts';
import type { SeededRandom } from './random.ts';

/** What decides the data: the same dataset always means the same readings. */
export interface Dataset {
  readonly seed: number;
  readonly users: number;
  /** Devices of each user. */
  readonly devices: number;
  /** How many readings are sent, repeats and corrections included: at most ten million. */
  readonly count: number;
  /** The readings lie in the days before this instant. */
  readonly untilMs: number;
  readonly daysBack: number;
}

const MS_PER_DAY = 86_400_000;
const SESSION_INSTANTS = 40;
const LONGEST_STEP_MS = 15_000;
/** Of the instants of a session, how many a device reports: so that some are shared, some not. */
const COVERAGE = 0.7;
/** Reports that come at a moment of the device's own instead of the instant all devices share. */
const OFF_BEAT = 0.2;

/**
 * The users of a dataset, whom no other dataset has. So a run finds what it sent itself and nothing
 * else, also in a store that has seen other runs; the same run again finds what it already sent.
 */
export const userIds = (dataset: Dataset): string[] => {
  const { seed, users, devices, count, untilMs, daysBack } = dataset;
  const identity = JSON.stringify([seed, users, devices, count, untilMs, daysBack]);
  const mark = createHash('sha256').update(identity).digest('hex').slice(0, 6);
  return Array.from({ length: users }, (_, i) => `demo-${seed}-${mark}-user-${i + 1}`);
};

/** `device_a`, `device_b`, … */
const deviceIds = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `device_${String.fromCharCode(97 + i)}`);

interface Person {
  readonly userId: string;
  readonly restingRate: number;
  /** How many beats hard work adds. */
  readonly reserve: number;
}

/** A stretch of time in which all devices of a person report. */
interface Session {
  readonly startMs: number;
  /** From one instant that all devices share to the next; several milliseconds. */
  readonly stepMs: number;
  readonly effort: number;
}

const heartRateAt = (person: Person, session: Session, instant: number, noise: number): number => {
  const arc = Math.sin((Math.PI * instant) / SESSION_INSTANTS);
  const rate = person.restingRate + person.reserve * session.effort * arc + noise;
  return Math.round(rate * 2) / 2;
};

/** `count` measurements of distinct identities, at most all that the session has room for. */
const measureSession = (
  person: Person,
  session: Session,
  devices: readonly string[],
  count: number,
  random: SeededRandom,
): Measurement[] => {
  const { startMs, stepMs } = session;
  const places = devices.flatMap((deviceId, place) =>
    Array.from({ length: SESSION_INSTANTS }, (_, instant) => ({ deviceId, place, instant })),
  );
  const chosen = random.shuffled(places).slice(0, count);
  return chosen.map(({ deviceId, place, instant }) => {
    const isOffBeat = random.chance(OFF_BEAT);
    const lagMs = isOffBeat ? random.integer(1, stepMs - 1) : 0;
    const noise = 2 * (place % 5) + random.integer(-6, 6) / 2;
    return {
      userId: person.userId,
      deviceId,
      atMs: startMs + instant * stepMs + lagMs,
      heartRate: heartRateAt(person, session, instant, noise),
    };
  });
};

const measurePerson = (
  userId: string,
  count: number,
  dataset: Dataset,
  random: SeededRandom,
): Measurement[] => {
  const devices = deviceIds(dataset.devices);
  const person = { userId, restingRate: random.integer(50, 75), reserve: random.integer(40, 90) };
  const sessions = Math.ceil(count / (COVERAGE * SESSION_INSTANTS * devices.length));
  const rangeMs = dataset.daysBack * MS_PER_DAY;
  const spacingMs = Math.floor(rangeMs / sessions);
  const stepMs = Math.min(LONGEST_STEP_MS, Math.floor(spacingMs / SESSION_INSTANTS));
  return Array.from({ length: sessions }, (_, i) => {
    const startMs = dataset.untilMs - rangeMs + i * spacingMs;
    const share = Math.round((count * (i + 1)) / sessions) - Math.round((count * i) / sessions);
    const session = { startMs, stepMs, effort: random.next() };
    return measureSession(person, session, devices, share, random);
  }).flat();
};

/** `count` measurements of distinct identities, of all users and devices, in order of time. */
export const measure = (dataset: Dataset, count: number, random: SeededRandom): Measurement[] => {
  const users = userIds(dataset);
  const all = users.flatMap((userId, i) => {
    const share =
      Math.floor((count * (i + 1)) / users.length) - Math.floor((count * i) / users.length);
    return measurePerson(userId, share, dataset, random);
  });
  return all.sort((a, b) => a.atMs - b.atMs);
};
