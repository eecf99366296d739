import { describe, expect, it } from 'vitest';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES, type DevicePriority } from '../../src/readings/device-priority.ts';
import type { EpochMicros, Reading } from '../../src/readings/reading.ts';
import { formatTimestamp, parseTimestamp } from '../../src/readings/timestamp.ts';
import { FrameStore } from '../support/frame-store.ts';
import { answered, type SeriesRow } from '../support/series-rows.ts';

const USER = 'user_123';

/** `10:00:30` on 2024-01-15, or a whole timestamp. */
const micros = (text: string): EpochMicros => {
  const found = parseTimestamp(text.includes('T') ? text : `2024-01-15T${text}Z`);
  if (found === undefined) throw new Error(`${text} is no timestamp`);
  return found;
};

const reading = (deviceId: string, at: string, heartRate: number): Reading => ({
  userId: USER,
  deviceId,
  timestampMicros: micros(at),
  heartRate,
});

type Ask = Partial<Omit<SeriesRequest, 'userId' | 'range'>> & { from?: string; to?: string };

const series = async (
  readings: readonly Reading[],
  ask: Ask = {},
  priorities: readonly DevicePriority[] = DEVICE_PRIORITIES,
): Promise<SeriesRow[]> => {
  const { from = '1970-01-01T00:00:00Z', to = '2199-12-31T23:59:59.999999Z', ...rest } = ask;
  const query = new SeriesQuery(FrameStore.of(...readings), priorities);
  const answer = query.run({
    userId: USER,
    range: { startMicros: micros(from), endMicros: micros(to) },
    interval: '1m',
    priorityScope: 'timestamp',
    ...rest,
  });
  return answered(answer);
};

/** `10:00:00 80 device_a`, with the date where it is another day. */
const brief = (rows: readonly SeriesRow[]): string[] =>
  rows.map(({ bucketMicros, heartRate, deviceId }) => {
    const at = formatTimestamp(bucketMicros).replace('2024-01-15T', '').replace('Z', '');
    return `${at} ${heartRate} ${deviceId}`;
  });

describe('the worked example', () => {
  const example = [
    reading('device_a', '10:00:00', 70),
    reading('device_b', '10:00:00', 80),
    reading('device_b', '10:00:30', 90),
  ];

  it('by timestamp: the better reading of each instant, averaged', async () => {
    expect(await series(example, { priorityScope: 'timestamp' })).toEqual([
      {
        bucketMicros: micros('10:00:00'),
        heartRate: 80,
        deviceId: 'device_a',
        min: 70,
        max: 90,
        sampleCount: 2,
      },
    ]);
  });

  it('by bucket: the better device alone', async () => {
    expect(await series(example, { priorityScope: 'bucket' })).toEqual([
      {
        bucketMicros: micros('10:00:00'),
        heartRate: 70,
        deviceId: 'device_a',
        min: 70,
        max: 70,
        sampleCount: 1,
      },
    ]);
  });

  it('of one device: all it said, whatever the scope', async () => {
    for (const priorityScope of ['timestamp', 'bucket'] as const) {
      const rows = await series(example, { deviceId: 'device_b', priorityScope });
      expect(brief(rows)).toEqual(['10:00:00 85 device_b']);
    }
  });
});

describe('buckets', () => {
  it('start on the minute, ascend, and are left out where they are empty', async () => {
    const rows = await series([
      reading('device_a', '10:02:59.999999', 72),
      reading('device_a', '10:00:00', 70),
      reading('device_a', '10:00:59.999999', 71),
    ]);
    expect(brief(rows)).toEqual(['10:00:00 70.5 device_a', '10:02:00 72 device_a']);
  });

  it('are aligned to the epoch at every interval', async () => {
    const readings = [reading('device_a', '22:59:59', 70), reading('device_a', '23:59:59', 80)];
    const starts = async (interval: SeriesRequest['interval']) =>
      (await series(readings, { interval })).map(({ bucketMicros }) =>
        formatTimestamp(bucketMicros),
      );
    expect(await starts('1m')).toEqual(['2024-01-15T22:59:00Z', '2024-01-15T23:59:00Z']);
    expect(await starts('5m')).toEqual(['2024-01-15T22:55:00Z', '2024-01-15T23:55:00Z']);
    expect(await starts('15m')).toEqual(['2024-01-15T22:45:00Z', '2024-01-15T23:45:00Z']);
    expect(await starts('1h')).toEqual(['2024-01-15T22:00:00Z', '2024-01-15T23:00:00Z']);
    expect(await starts('1d')).toEqual(['2024-01-15T00:00:00Z']);
  });

  it('keep to their side of midnight', async () => {
    const rows = await series([
      reading('device_a', '2024-01-16T00:00:00Z', 80),
      reading('device_a', '23:59:59.999999', 70),
    ]);
    expect(brief(rows)).toEqual(['23:59:00 70 device_a', '2024-01-16T00:00:00 80 device_a']);
  });

  it('hold only what the half-open range holds', async () => {
    const readings = [
      reading('device_a', '10:00:09.999999', 100),
      reading('device_a', '10:00:10', 70),
      reading('device_a', '10:00:20', 80),
      reading('device_a', '10:00:30', 200),
    ];
    const rows = await series(readings, { from: '10:00:10', to: '10:00:30' });
    expect(brief(rows)).toEqual(['10:00:00 75 device_a']);
    expect(await series(readings, { from: '10:00:31', to: '11:00:00' })).toEqual([]);
  });
});

describe('identity', () => {
  it('the last reading accepted for a device and instant is the truth', async () => {
    const rows = await series([
      reading('device_a', '10:00:00', 70),
      reading('device_b', '10:00:00', 60),
      reading('device_a', '10:00:00', 75),
    ]);
    expect(rows).toMatchObject([{ heartRate: 75, min: 75, max: 75, sampleCount: 1 }]);
  });

  it('a microsecond makes another instant', async () => {
    const rows = await series([
      reading('device_a', '10:00:00', 70),
      reading('device_a', '10:00:00.000001', 80),
    ]);
    expect(rows).toMatchObject([{ heartRate: 75, sampleCount: 2 }]);
  });
});

describe('devices', () => {
  const atOnce = async (scope: SeriesRequest['priorityScope'], ...deviceIds: string[]) => {
    const readings = deviceIds.map((deviceId, i) => reading(deviceId, '10:00:00', 60 + i));
    return (await series(readings, { priorityScope: scope })).map(({ deviceId }) => deviceId);
  };

  it.each(['timestamp', 'bucket'] as const)(
    'that are not listed come last, by %s',
    async (scope) => {
      expect(await atOnce(scope, 'aardvark', 'device_b')).toEqual(['device_b']);
      expect(await atOnce(scope, 'device_c', 'device_aa', 'device_d')).toEqual(['device_aa']);
    },
  );

  it.each(['timestamp', 'bucket'] as const)('tie by code point, by %s', async (scope) => {
    expect('😀' < '！').toBe(true);
    expect(await atOnce(scope, '😀', '！')).toEqual(['！']);
  });

  it('name a bucket only when their reading is in it', async () => {
    const rows = await series([
      reading('device_b', '10:00:00', 70),
      reading('strap', '10:00:00', 80),
      reading('watch', '10:00:30', 90),
      reading('strap', '10:01:00', 81),
    ]);
    expect(brief(rows)).toEqual(['10:00:00 80 device_b', '10:01:00 81 strap']);
  });
});

describe('prefixes of ids', () => {
  const PRIORITIES = [
    { prefix: 'polar-', priority: 1 },
    { prefix: 'polar-old-', priority: 5 },
    { deviceId: 'polar-9', priority: 4 },
    { deviceId: 'monitor', priority: 2 },
    { deviceId: 'aaa', priority: 1 },
  ];
  const bestAt = async (scope: SeriesRequest['priorityScope'], ...deviceIds: string[]) => {
    const readings = deviceIds.map((deviceId, i) => reading(deviceId, '10:00:00', 60 + i));
    return brief(await series(readings, { priorityScope: scope }, PRIORITIES));
  };

  it.each(['timestamp', 'bucket'] as const)('give devices their place, by %s', async (scope) => {
    expect(await bestAt(scope, 'monitor', 'polar-h10')).toEqual(['10:00:00 61 polar-h10']);
    expect(await bestAt(scope, 'watch', 'monitor')).toEqual(['10:00:00 61 monitor']);
    expect(await bestAt(scope, 'xpolar-1', 'polar')).toEqual(['10:00:00 61 polar']);
  });

  it.each(['timestamp', 'bucket'] as const)(
    'the longer counts, and the id most, by %s',
    async (scope) => {
      expect(await bestAt(scope, 'polar-old-1', 'polar-9')).toEqual(['10:00:00 61 polar-9']);
      expect(await bestAt(scope, 'polar-9', 'monitor')).toEqual(['10:00:00 61 monitor']);
      expect(await bestAt(scope, 'polar-old-1', 'watch')).toEqual(['10:00:00 60 polar-old-1']);
    },
  );

  it.each(['timestamp', 'bucket'] as const)(
    'of equal priority the smaller id, by %s',
    async (scope) => {
      expect(await bestAt(scope, 'polar-b', 'polar-a')).toEqual(['10:00:00 61 polar-a']);
      expect(await bestAt(scope, 'polar-a', 'aaa')).toEqual(['10:00:00 61 aaa']);
    },
  );

  it('name a bucket after the best, not after the smallest id that counts', async () => {
    const readings = [reading('polar-h10', '10:00:00', 70), reading('monitor', '10:00:30', 80)];
    expect(brief(await series(readings, {}, PRIORITIES))).toEqual(['10:00:00 75 polar-h10']);
  });
});

it('nothing is nothing', async () => {
  expect(await series([])).toEqual([]);
  const of = { ...reading('device_a', '10:00:00', 70), userId: 'someone else' };
  expect(await series([of])).toEqual([]);
});

it('a reading sent again on some of many days counts once there', async () => {
  const days = Array.from({ length: 12 }, (_, i) => `2024-01-${String(10 + i)}`);
  const readings = days.flatMap((day, i) => [
    reading('device_a', `${day}T10:00:00Z`, 70),
    reading('device_a', `${day}T10:00:30Z`, 80),
    ...(i % 2 === 1 ? [reading('device_a', `${day}T10:00:30Z`, 90)] : []),
  ]);
  const means = async (ask: Ask) => (await series(readings, ask)).map((row) => row.heartRate);
  const expected = days.map((_, i) => (i % 2 === 1 ? 80 : 75));
  expect(await means({})).toEqual(expected);
  expect(await means({ deviceId: 'device_a' })).toEqual(expected);
});
