import { describe, expect, test } from 'vitest';
import { type Measurement, toReading } from '../../../src/cli/generate-data/measurement.ts';
import { type Dataset, userIds } from '../../../src/cli/generate-data/measurements.ts';
import { type Delivery, planDeliveries } from '../../../src/cli/generate-data/plan.ts';

const DAY_MS = 86_400_000;
const DATASET: Dataset = {
  seed: 7,
  users: 5,
  devices: 3,
  count: 10_000,
  untilMs: Date.parse('2024-03-01T17:00:00Z'),
  daysBack: 2,
};

const identityOf = ({ userId, deviceId, atMs }: Measurement): string =>
  `${userId} ${deviceId} ${atMs}`;

const of = (plan: readonly Delivery[], ...kinds: readonly string[]): Measurement[] =>
  plan.flatMap(({ kind, measurements }) => (kinds.includes(kind) ? measurements : []));

/** Identities and instants that occur, and how often. */
const tally = (keys: readonly (string | number)[]): Map<string | number, number> => {
  const counts = new Map<string | number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

describe('a plan of 10,000 readings', () => {
  const plan = planDeliveries(DATASET);
  const all = plan.flatMap(({ measurements }) => measurements);
  const firsts = of(plan, 'single', 'burst');

  test('has so many', () => {
    expect(all).toHaveLength(10_000);
    expect(firsts).toHaveLength(9_600);
  });

  test('is of all users and devices, within the days and within what the service takes', () => {
    expect(new Set(all.map(({ userId }) => userId))).toEqual(new Set(userIds(DATASET)));
    const devices = new Set(all.map(({ deviceId }) => deviceId));
    expect([...devices].sort()).toEqual(['device_a', 'device_b', 'device_c']);
    const fromMs = DATASET.untilMs - 2 * DAY_MS;
    const isSound = ({ atMs, heartRate }: Measurement): boolean =>
      Number.isInteger(atMs) &&
      atMs >= fromMs &&
      atMs < DATASET.untilMs &&
      heartRate >= 30 &&
      heartRate <= 220 &&
      Number.isInteger(heartRate * 2);
    expect(all.filter((measurement) => !isSound(measurement))).toEqual([]);
  });

  test('measures each identity once', () => {
    expect(new Set(firsts.map(identityOf)).size).toBe(firsts.length);
  });

  test('repeats some exactly and corrects others, each after its first delivery', () => {
    const repeats = of(plan, 'repeat');
    expect(repeats).toHaveLength(300);
    const known = new Set(firsts.map((measurement) => JSON.stringify(measurement)));
    expect(repeats.filter((repeat) => !known.has(JSON.stringify(repeat)))).toEqual([]);

    const corrections = plan.filter(({ kind }) => kind === 'correction');
    expect(corrections).toHaveLength(100);
    for (const { measurements, after = Number.NaN } of corrections) {
      const [correction] = measurements as [Measurement];
      const first = plan[after]?.measurements.find((m) => identityOf(m) === identityOf(correction));
      expect(after).toBeLessThan(plan.findIndex((d) => d.measurements === measurements));
      expect(first?.heartRate).not.toBe(correction.heartRate);
    }
    const repeated = new Set(repeats.map(identityOf));
    expect(of(plan, 'correction').filter((m) => repeated.has(identityOf(m)))).toEqual([]);
  });

  test('lets devices report the same instant', () => {
    const instants = tally(firsts.map(({ userId, atMs }) => `${userId} ${atMs}`));
    const shared = [...instants.values()].filter((devices) => devices > 1).length;
    expect(shared / instants.size).toBeGreaterThan(0.2);
    expect(shared / instants.size).toBeLessThan(0.9);
  });

  test('is out of order, with some much too late and some in bursts', () => {
    const times = of(plan, 'single').map(({ atMs }) => atMs);
    const backwards = times.filter((atMs, i) => atMs < (times[i - 1] ?? 0)).length;
    expect(backwards / times.length).toBeGreaterThan(0.2);
    let latestMs = 0;
    const lateMs = times.map((atMs) => {
      latestMs = Math.max(latestMs, atMs);
      return latestMs - atMs;
    });
    expect(lateMs.filter((ms) => ms > 3_600_000 * 6).length).toBeGreaterThan(50);
    const bursts = plan.filter(({ kind }) => kind === 'burst');
    expect(bursts.length).toBeGreaterThan(5);
    for (const { measurements } of bursts) {
      expect(measurements.length).toBeLessThanOrEqual(100);
      expect(new Set(measurements.map(({ deviceId, userId }) => deviceId + userId)).size).toBe(1);
    }
  });
});

test('whatever the seed, nothing waits for what comes later', () => {
  for (let seed = 0; seed < 50; seed++) {
    const plan = planDeliveries({ ...DATASET, count: 1000, seed });
    expect(plan.filter(({ after = -1 }, index) => after >= index)).toEqual([]);
  }
});

describe('the seed', () => {
  const small = { ...DATASET, count: 200 };

  test('decides everything', () => {
    expect(planDeliveries(small)).toEqual(planDeliveries({ ...small }));
    const other = planDeliveries({ ...small, seed: 8 });
    expect(other.map((d) => d.measurements[0]?.heartRate)).not.toEqual(
      planDeliveries(small).map((d) => d.measurements[0]?.heartRate),
    );
  });

  test.each<[string, Partial<Dataset>]>([
    ['seed', { seed: 8 }],
    ['count', { count: 201 }],
    ['number of users', { users: 4 }],
    ['number of devices', { devices: 2 }],
    ['end', { untilMs: DATASET.untilMs + 1 }],
    ['number of days', { daysBack: 3 }],
  ])('another %s, other users', (_, change) => {
    const users = new Set(userIds(small));
    expect(userIds({ ...small, ...change }).filter((user) => users.has(user))).toEqual([]);
  });
});

test.each<[string, Partial<Dataset>]>([
  ['one reading', { count: 1, users: 3 }],
  ['one user with one device', { users: 1, devices: 1 }],
  ['many devices', { devices: 26 }],
  ['many readings in one day', { count: 100_000, users: 1, devices: 2, daysBack: 1 }],
])('%s', (_, change) => {
  const dataset = { ...DATASET, ...change };
  const plan = planDeliveries(dataset);
  const firsts = of(plan, 'single', 'burst');
  expect(plan.flatMap(({ measurements }) => measurements)).toHaveLength(dataset.count);
  expect(new Set(firsts.map(identityOf)).size).toBe(firsts.length);
  const rates = firsts.map(({ heartRate }) => heartRate);
  expect(rates.every((rate) => rate >= 30 && rate <= 210)).toBe(true);
});

test('an instant can be written in any zone', () => {
  const measurement = {
    userId: 'u',
    deviceId: 'd',
    atMs: Date.parse('2024-02-29T23:30:00.250Z'),
    heartRate: 70.5,
  };
  const written = [undefined, 0, 120, -210].map((zone) => toReading(measurement, zone).timestamp);
  expect(written).toEqual([
    '2024-02-29T23:30:00.250Z',
    '2024-02-29T23:30:00.250+00:00',
    '2024-03-01T01:30:00.250+02:00',
    '2024-02-29T20:00:00.250-03:30',
  ]);
  expect(toReading(measurement)).toMatchObject({ user_id: 'u', device_id: 'd', heart_rate: 70.5 });
});
