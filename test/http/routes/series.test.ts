import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ORIGIN, openTestService, type TestService } from '../../support/test-service.ts';

let service: TestService;
beforeEach(async () => {
  service = await openTestService();
});
afterEach(() => service.close());

const PATH = '/metrics/heart-rate';
const DAY = 'user_id=user_123&start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';

/** Stores readings written as `device_a 10:00:30 75`, all of user_123 on one day. */
const store = async (...readings: string[]): Promise<void> => {
  const parsed = readings.map((reading) => {
    const [device_id = '', time = '', rate] = reading.split(' ');
    const timestamp = `2024-01-15T${time}Z`;
    return { user_id: 'user_123', device_id, timestamp, heart_rate: Number(rate) };
  });
  const answer = await service.postJson(`${PATH}/batch`, { readings: parsed });
  expect(answer.status).toBe(200);
};

const textOf = async (search: string): Promise<string> => {
  const answer = await service.get(`${PATH}?${search}`);
  expect(answer.status).toBe(200);
  return answer.text();
};

/** The rows as `10:00 75 device_a`. */
const rowsOf = async (search: string): Promise<string[]> => {
  const { data, count } = JSON.parse(await textOf(search));
  expect(count).toBe(data.length);
  return data.map((row: { timestamp: string; heart_rate: number; device_id: string }) =>
    [row.timestamp.slice(11, 16), row.heart_rate, row.device_id].join(' '),
  );
};

test('a series is told exactly so', async () => {
  await store('device_a 10:00:00 70', 'device_a 10:00:30 80', 'device_b 10:02:00 80.5');
  expect(await textOf(DAY)).toBe(
    '{"user_id":"user_123","data":[' +
      '{"timestamp":"2024-01-15T10:00:00Z","heart_rate":75,"device_id":"device_a"},' +
      '{"timestamp":"2024-01-15T10:02:00Z","heart_rate":80.5,"device_id":"device_b"}],"count":2}',
  );
});

test('include=stats adds to each row what it is made of', async () => {
  await store('device_a 10:00:00 70', 'device_a 10:00:30 80');
  expect(await textOf(`${DAY}&include=stats`)).toBe(
    '{"user_id":"user_123","data":[' +
      '{"timestamp":"2024-01-15T10:00:00Z","heart_rate":75,"device_id":"device_a",' +
      '"min":70,"max":80,"sample_count":2}],"count":1}',
  );
});

describe('include=explain', () => {
  /** Of each row `device_a 1 1 preferred` for each device. */
  const explainedBy = async (search: string): Promise<string[][]> => {
    const { data } = JSON.parse(await textOf(`${DAY}&include=explain&${search}`));
    return data.map(({ devices }: { devices: object[] }) =>
      devices.map((device) => Object.values(device).join(' ')),
    );
  };
  const EXAMPLE = ['device_a 10:00:00 70', 'device_b 10:00:00 80', 'device_b 10:00:30 90'];

  test('the example of the contract', async () => {
    await store(...EXAMPLE);
    expect(await explainedBy('priority_scope=timestamp')).toEqual([
      ['device_a 1 1 preferred', 'device_b 2 1 outranked'],
    ]);
    expect(await explainedBy('priority_scope=bucket')).toEqual([
      ['device_a 1 1 preferred', 'device_b 2 0 outranked'],
    ]);
    expect(await explainedBy('device_id=device_b')).toEqual([['device_b 2 2 requested']]);
  });

  test('is told exactly so, alone and beside stats', async () => {
    await store(...EXAMPLE);
    const begin =
      '{"user_id":"user_123","data":[' +
      '{"timestamp":"2024-01-15T10:00:00Z","heart_rate":80,"device_id":"device_a"';
    const devices =
      ',"devices":[{"device_id":"device_a","readings":1,"counted":1,"rule":"preferred"},' +
      '{"device_id":"device_b","readings":2,"counted":1,"rule":"outranked"}]}],"count":1}';
    const stats = ',"min":70,"max":90,"sample_count":2';
    expect(await textOf(`${DAY}&include=explain`)).toBe(begin + devices);
    for (const both of ['stats,explain', 'explain,stats', 'stats&include=explain']) {
      expect(await textOf(`${DAY}&include=${both}`)).toBe(begin + stats + devices);
    }
    expect(await textOf(`${DAY}&include=stats`)).toBe(`${begin}${stats}}],"count":1}`);
  });

  test('devices that never meet, and one that sends a reading again', async () => {
    await store('device_b 10:00:00 70', 'device_b 10:00:00 71', 'device_a 10:00:30 90');
    await store('device_b 10:00:00 72', 'device_c 10:01:00 80');
    expect(await explainedBy('')).toEqual([
      ['device_a 1 1 uncontested', 'device_b 1 1 uncontested'],
      ['device_c 1 1 uncontested'],
    ]);
    expect(await explainedBy('priority_scope=bucket')).toEqual([
      ['device_a 1 1 preferred', 'device_b 1 0 outranked'],
      ['device_c 1 1 uncontested'],
    ]);
  });

  test('in a day of a zone, which is joined of two of UTC', async () => {
    await store('device_b 10:00:00 70', 'device_a 16:00:00 71', 'device_b 16:00:00 72');
    const day = 'interval=1d&tz=Asia/Tokyo';
    expect(await explainedBy(day)).toEqual([
      ['device_b 1 1 uncontested'],
      ['device_a 1 1 preferred', 'device_b 1 0 outranked'],
    ]);
    const other = 'interval=1d&tz=America/New_York';
    expect(await explainedBy(other)).toEqual([
      ['device_a 1 1 preferred', 'device_b 2 1 outranked'],
    ]);
    expect(await explainedBy(`${other}&priority_scope=bucket`)).toEqual([
      ['device_a 1 1 preferred', 'device_b 2 0 outranked'],
    ]);
  });
});

test('the scope of the priority, as the contract explains it', async () => {
  await store('device_a 10:00:00 70', 'device_b 10:00:00 80', 'device_b 10:00:30 90');
  expect(await rowsOf(DAY)).toEqual(['10:00 80 device_a']);
  expect(await rowsOf(`${DAY}&priority_scope=timestamp`)).toEqual(['10:00 80 device_a']);
  expect(await rowsOf(`${DAY}&priority_scope=bucket`)).toEqual(['10:00 70 device_a']);
  expect(await rowsOf(`${DAY}&device_id=device_b`)).toEqual(['10:00 85 device_b']);
});

test('the interval is the width of a row', async () => {
  await store('device_a 10:04:59 60', 'device_a 10:05:00 70', 'device_a 11:59:00 80');
  expect(await rowsOf(`${DAY}&interval=5m`)).toEqual([
    '10:00 60 device_a',
    '10:05 70 device_a',
    '11:55 80 device_a',
  ]);
  expect(await rowsOf(`${DAY}&interval=15m`)).toEqual(['10:00 65 device_a', '11:45 80 device_a']);
  expect(await rowsOf(`${DAY}&interval=1h`)).toEqual(['10:00 65 device_a', '11:00 80 device_a']);
  expect(await rowsOf(`${DAY}&interval=1d`)).toEqual(['00:00 70 device_a']);
});

describe('by local time', () => {
  const storeAt = async (...timestamps: string[]): Promise<void> => {
    const readings = timestamps.map((timestamp, i) => ({
      ...{ user_id: 'user_123', device_id: 'device_a', timestamp, heart_rate: 60 + 10 * i },
    }));
    expect((await service.postJson(`${PATH}/batch`, { readings })).status).toBe(200);
  };
  const rowsAt = async (range: string, search: string): Promise<string[]> => {
    const { data, count } = JSON.parse(await textOf(`user_id=user_123&${range}&${search}`));
    expect(count).toBe(data.length);
    return data.map((row: { timestamp: string; heart_rate: number }) =>
      [row.timestamp, row.heart_rate].join(' '),
    );
  };

  test('days and hours where clocks go back, as the contract explains it', async () => {
    await storeAt(
      ...['2024-10-26T21:59:59Z', '2024-10-26T22:00:00Z', '2024-10-27T00:30:00Z'],
      ...['2024-10-27T01:30:00Z', '2024-10-27T22:59:59Z', '2024-10-27T23:00:00Z'],
    );
    const range = 'start=2024-10-26T00:00:00Z&end=2024-10-28T00:00:00Z';
    expect(await rowsAt(range, 'interval=1d&tz=Europe/Berlin')).toEqual([
      '2024-10-25T22:00:00Z 60',
      '2024-10-26T22:00:00Z 85',
      '2024-10-27T23:00:00Z 110',
    ]);
    expect((await rowsAt(range, 'interval=1h&tz=europe%2Fberlin')).slice(2, 4)).toEqual([
      '2024-10-27T00:00:00Z 80',
      '2024-10-27T01:00:00Z 90',
    ]);
    expect(await rowsAt(range, 'interval=1d&tz=UTC')).toEqual(await rowsAt(range, 'interval=1d'));
    expect(await rowsAt(range, 'interval=1d')).toEqual([
      '2024-10-26T00:00:00Z 65',
      '2024-10-27T00:00:00Z 95',
    ]);
  });

  test('a day that began before 1970, and an hour that begins at half past', async () => {
    await storeAt('1970-01-01T00:00:00Z', '1970-01-01T14:59:59Z', '1970-01-01T15:00:00Z');
    const range = 'start=1970-01-01T00:00:00Z&end=1970-01-02T00:00:00Z';
    expect(await rowsAt(range, 'interval=1d&tz=Asia/Tokyo')).toEqual([
      '1969-12-31T15:00:00Z 65',
      '1970-01-01T15:00:00Z 80',
    ]);
    expect(await rowsAt(range, 'interval=1h&tz=Asia/Kolkata')).toEqual([
      '1969-12-31T23:30:00Z 60',
      '1970-01-01T14:30:00Z 75',
    ]);
  });

  test('a series has another tag by other clocks', async () => {
    await storeAt('2024-01-15T10:00:00Z');
    const tag = async (tz: string) => {
      const answer = await service.get(`${PATH}?${DAY}&interval=1d&tz=${tz}`);
      return answer.headers.get('etag');
    };
    const berlin = await tag('Europe/Berlin');
    expect(berlin).not.toBe(await tag('Asia/Tokyo'));
    expect(await tag('Europe/Berlin')).toBe(berlin);
  });
});

test('the start belongs to the range, the end does not', async () => {
  await store('device_a 10:00:30 60', 'device_a 10:00:45 70', 'device_a 10:01:00 80');
  const range = (start: string, end: string) =>
    `user_id=user_123&start=2024-01-15T${start}&end=2024-01-15T${end}`;
  expect(await rowsOf(range('10:00:30Z', '10:00:45Z'))).toEqual(['10:00 60 device_a']);
  expect(await rowsOf(range('10:00:31', '10:01:00'))).toEqual(['10:00 70 device_a']);
});

test.each([
  ['encoded', '%2B02:00'],
  ['plain, which a query turns into a blank', '+02:00'],
  ['as a blank', '%2002:00'],
  ['without a colon', '+0200'],
  ['of hours alone', '+02'],
  ['of hours alone, encoded', '%2B02'],
  ['behind a blank, encoded', '%20%2B0200'],
  ['behind a blank', '%20+0200'],
])('an offset with its plus %s', async (_name, offset) => {
  await store('device_a 10:00:00 75');
  const range = `start=2024-01-15T12:00:00${offset}&end=2024-01-15T12:00:01${offset}`;
  expect(await rowsOf(`user_id=user_123&${range}`)).toEqual(['10:00 75 device_a']);
});

test.each([
  ['with a blank for the T and before the offset', '2024-01-15 12:00 +0200', '2024-01-15 12:01 02'],
  ['without seconds', '2024-01-15T10:00Z', '2024-01-15T10:01Z'],
  ['without seconds, with a blank for the T', '2024-01-15 10:00', '2024-01-15 10:01'],
])('a range %s', async (_name, start, end) => {
  await store('device_a 10:00:00 75');
  expect(await rowsOf(`user_id=user_123&start=${start}&end=${end}`)).toEqual(['10:00 75 device_a']);
});

test('a whole year can be asked for', async () => {
  await store('device_a 10:00:00 75');
  const year = 'user_id=user_123&start=2024-01-01T00:00:00Z&end=2025-01-01T00:00:00Z';
  expect(await rowsOf(year)).toEqual(['10:00 75 device_a']);
});

test.each([
  ['another user', DAY.replace('user_123', 'user_124')],
  ['another device', `${DAY}&device_id=device_b`],
  ['another day', DAY.replace('-15T', '-14T').replace('-16T', '-15T')],
])('nothing of %s is 404', async (_name, search) => {
  await store('device_a 10:00:00 75');
  expect((await service.get(`${PATH}?${search}`)).status).toBe(404);
});

test('HEAD answers as GET does, without the series', async () => {
  await store('device_a 10:00:00 75');
  const head = (search: string) =>
    service.fetch(new Request(`${ORIGIN}${PATH}?${search}`, { method: 'HEAD' }));
  expect((await head(DAY)).status).toBe(200);
  expect((await head(DAY.replace('user_123', 'nobody'))).status).toBe(404);
});
