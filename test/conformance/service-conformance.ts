import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServiceProcess } from '../crash/service-process.ts';
import { type Line, linesOf } from '../support/audit.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type TestKey, testKey } from '../support/test-keys.ts';
import { JSON_TYPE, type Requests, requestsTo } from '../support/test-service.ts';
import { newUser, type Place } from './place.ts';

const READINGS = '/metrics/heart-rate';

interface Running extends Requests {
  readonly process: ServiceProcess;
  readonly url: string;
}

const started = async ({ environment }: Place): Promise<Running> => {
  const process = new ServiceProcess(environment.DATA_DIR ?? '', environment, [], true);
  const url = await process.ready();
  return { process, url, ...requestsTo(url, (request) => fetch(request)) };
};

const ALL_OF_IT = 'start=2024-01-15T00:00:00Z&end=2024-01-17T00:00:00Z';

const at = (time: string): string => `2024-01-15T${time}Z`;

/** What every service shows of itself by HTTP, whatever keeps its readings. */
export const serviceConformance = (placeOf: () => Place): void => {
  let service: Running;
  beforeAll(async () => {
    service = await started(placeOf());
  });
  afterAll(() => service?.process.kill());

  const reading = (user_id: string, device_id: string, timestamp: string, heart_rate: number) => ({
    ...{ user_id, device_id, timestamp, heart_rate },
  });
  const send = async (to: Requests, ...readings: ReturnType<typeof reading>[]) => {
    const response = await to.postJson(`${READINGS}/batch`, { readings });
    expect(response.status, await response.clone().text()).toBe(200);
  };
  const series = async (of: Requests, user: string, query = ''): Promise<unknown[]> => {
    const response = await of.get(`${READINGS}?user_id=${user}&${ALL_OF_IT}${query}`);
    // Without readings there is no series.
    if (response.status === 404) return [];
    expect(response.status).toBe(200);
    const { data } = (await response.json()) as { data: { heart_rate: number }[] };
    return data.map((row) => row.heart_rate);
  };

  it('is ready', async () => {
    const response = await service.get('/readyz');
    expect(await response.json()).toEqual({ status: 'ok', reasons: [] });
  });

  it('counts what it asks a cluster, where it has one', async () => {
    const text = await (await service.get('/metrics')).text();
    const sampleOf = (name: string) =>
      Number(new RegExp(`^heart_rate_cassandra_${name} (.*)$`, 'm').exec(text)?.[1]);
    const isCluster = placeOf().isShared;
    expect(sampleOf('request_duration_seconds_count') > 0).toBe(isCluster);
    expect(sampleOf('nodes\\{state="up"\\}') > 0).toBe(isCluster);
    expect(sampleOf('nodes\\{state="down"\\}')).toBe(0);
  });

  it('averages, by the priority of devices, in the buckets asked for', async () => {
    const user = newUser();
    await send(
      service,
      reading(user, 'device_a', at('10:00:00'), 70),
      reading(user, 'device_b', at('10:00:00'), 99),
      reading(user, 'device_a', at('10:00:30'), 72),
      reading(user, 'device_b', at('10:01:00'), 80),
    );
    expect(await series(service, user)).toEqual([71, 80]);
    expect(await series(service, user, '&interval=1h')).toEqual([74]);
    expect(await series(service, user, '&interval=1d&tz=Asia/Tokyo')).toEqual([74]);
    expect(await series(service, user, '&device_id=device_b')).toEqual([99, 80]);
  });

  it('cuts days by the local time asked for', async () => {
    const user = newUser();
    // 23:59 and 00:00 in Tokyo.
    await send(
      service,
      reading(user, 'a', at('14:59:00'), 60),
      reading(user, 'a', at('15:00:00'), 70),
    );
    expect(await series(service, user, '&interval=1d')).toEqual([65]);
    expect(await series(service, user, '&interval=1d&tz=Asia/Tokyo')).toEqual([60, 70]);
  });

  it('has the latest reading and the devices', async () => {
    const user = newUser();
    await send(
      service,
      reading(user, 'b', '2024-01-16T08:00:00Z', 80),
      reading(user, 'a', at('10:00:00'), 70),
    );
    const latest = await service.get(`${READINGS}/latest?user_id=${user}`);
    expect(await latest.json()).toMatchObject({ device_id: 'b', heart_rate: 80 });
    const ofDevice = await service.get(`${READINGS}/latest?user_id=${user}&device_id=a`);
    expect(await ofDevice.json()).toMatchObject({ device_id: 'a', heart_rate: 70 });
    const devices = await service.get(`${READINGS}/devices?user_id=${user}&${ALL_OF_IT}`);
    expect(await devices.json()).toMatchObject({
      devices: [{ device_id: 'a' }, { device_id: 'b' }],
    });
  });

  it('exports what is stored', async () => {
    const user = newUser();
    const readings = [
      reading(user, 'a', '2024-01-15T10:00:00.000001Z', 70.5),
      reading(user, 'a', '2024-01-16T10:00:00Z', 71),
    ];
    await send(service, ...readings);
    const response = await service.get(`${READINGS}/export?user_id=${user}&format=ndjson`);
    const lines = (await response.text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(readings);
  });

  it('streams what it accepts', async () => {
    const user = newUser();
    const left = new AbortController();
    const path = `${service.url}${READINGS}/stream?user_id=${user}`;
    const response = await fetch(path, { signal: left.signal });
    await send(service, reading(user, 'a', at('10:00:00'), 77));
    let text = '';
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(bytes);
      if (text.includes('"heart_rate":77')) break;
    }
    expect(text).toContain('event: reading');
    left.abort();
  });

  it('tells who goes on nothing that was erased meanwhile, also by another process', async () => {
    const isShared = placeOf().isShared;
    const other = isShared ? await started(placeOf()) : service;
    try {
      const user = newUser();
      const path = `${service.url}${READINGS}/stream?user_id=${user}`;
      const begun = new AbortController();
      const first = await fetch(path, { signal: begun.signal });
      const { value } = (await first.body?.getReader().read()) ?? {};
      const [, id = ''] = /^id: (.*)$/m.exec(new TextDecoder().decode(value)) ?? [];
      begun.abort();
      await send(service, reading(user, 'a', at('10:00:00'), 66));
      expect((await other.ask('DELETE', `${READINGS}?user_id=${user}`)).status).toBe(200);
      const left = new AbortController();
      const headers = { 'last-event-id': id };
      const again = await fetch(path, { headers, signal: left.signal });
      await send(service, reading(user, 'a', at('10:00:00'), 77));
      let text = '';
      for await (const bytes of again.body as AsyncIterable<Uint8Array>) {
        text += new TextDecoder().decode(bytes);
        if (text.includes('"heart_rate":77')) break;
      }
      left.abort();
      expect(text).not.toContain('"heart_rate":66');
      expect(text.includes('event: reset')).toBe(isShared);
    } finally {
      if (isShared) await other.process.kill();
    }
  });

  it('says that nothing has changed, until something has', async () => {
    const user = newUser();
    await send(service, reading(user, 'a', at('10:00:00'), 70));
    const path = `${READINGS}?user_id=${user}&start=${at('00:00:00')}&end=${at('23:00:00')}`;
    const etag = async () => (await service.get(path)).headers.get('etag') ?? '';
    const [first, second] = [await etag(), await etag()];
    expect(second).toBe(first);
    expect((await service.get(path, { 'if-none-match': first })).status).toBe(304);
    await send(service, reading(user, 'a', at('10:00:00'), 71));
    expect((await service.get(path, { 'if-none-match': first })).status).toBe(200);
  });

  it('erases a user, a device and a range', async () => {
    const user = newUser();
    const readings = ['a', 'b'].flatMap((device) =>
      ['10:00:00', '11:00:00', '12:00:00'].map((time) => reading(user, device, at(time), 60)),
    );
    await send(service, ...readings);
    const erase = async (query: string) => {
      const response = await service.ask('DELETE', `${READINGS}?user_id=${user}${query}`);
      const { count } = (await response.json()) as { count?: number };
      return { status: response.status, count };
    };
    expect(await erase('&device_id=a')).toEqual({ status: 200, count: 3 });
    expect(await erase('&device_id=a')).toEqual({ status: 404, count: undefined });
    expect(await erase(`&start=${at('11:00:00')}&end=${at('12:00:00')}`)).toMatchObject({
      count: 1,
    });
    expect(await series(service, user)).toEqual([60, 60]);
    expect(await erase('')).toEqual({ status: 200, count: 2 });
    expect(await series(service, user)).toEqual([]);
  });

  it('has after kill -9 all that it acknowledged', async () => {
    const user = newUser();
    await send(service, reading(user, 'a', at('10:00:00'), 70));
    await service.process.kill();
    service = await started(placeOf());
    expect(await series(service, user)).toEqual([70]);
  });

  it('asks for keys, knows for one what it is bound to, and notes who asked', async () => {
    const folder = await temporaryFolder();
    const [keysFile, auditFile] = [join(folder, 'keys.json'), join(folder, 'audit.jsonl')];
    const [mine, theirs] = [newUser(), newUser()];
    const all = testKey();
    const bound = testKey({ users: [mine] });
    const keys = [all.entry, bound.entry];
    await writeFile(keysFile, JSON.stringify({ keys }), { mode: 0o600 });
    const guarded = await started({
      ...placeOf(),
      environment: {
        // Of one's own, where one process has a folder.
        ...{ ...placeOf().environment, DATA_DIR: join(folder, 'data') },
        ...{ API_KEYS_FILE: keysFile, AUDIT_FILE: auditFile },
      },
    });
    try {
      const statusOf = async (method: string, query: string, key?: TestKey) => {
        const headers = key?.headers ?? {};
        const path = `${guarded.url}${READINGS}${query}`;
        return (await guarded.fetch(new Request(path, { method, headers }))).status;
      };
      for (const user of [mine, theirs]) {
        const body = JSON.stringify(reading(user, 'a', at('10:00:00'), 70));
        const headers = { ...JSON_TYPE, authorization: `Bearer ${all.token}` };
        expect((await guarded.post(READINGS, body, headers)).status).toBe(200);
      }
      expect(await statusOf('GET', `/latest?user_id=${mine}`)).toBe(401);
      expect(await statusOf('GET', `/latest?user_id=${mine}`, bound)).toBe(200);
      for (const path of ['/latest?', '/export?', `?${ALL_OF_IT}&`]) {
        expect(await statusOf('GET', `${path}user_id=${theirs}`, bound)).toBe(404);
      }
      expect(await statusOf('DELETE', `?user_id=${theirs}`, bound)).toBe(404);
      expect(await statusOf('GET', `/latest?user_id=${theirs}`, all)).toBe(200);
      expect(await statusOf('DELETE', `?user_id=${theirs}`, all)).toBe(200);
      const lines = await linesOf(auditFile);
      const of = (line: Line) => [line.event, line.action, line.key, line.user_id, line.status];
      const erasures = lines.filter(({ action }) => action === 'erase').map(of);
      const [own, every] = [bound.entry.id, all.entry.id];
      // Nothing is asked of the store for a person who is not the key's.
      expect(erasures.filter(([, , key]) => key === every)).toEqual([
        ['asked', 'erase', every, theirs, undefined],
        ['answered', 'erase', every, theirs, 200],
      ]);
      expect(erasures).toContainEqual(['answered', 'erase', own, theirs, 404]);
      expect(lines.map(of)).toContainEqual(['answered', 'read', own, mine, 200]);
    } finally {
      await guarded.process.kill();
    }
  });

  it('shows in one process what another has acknowledged', async ({ skip }) => {
    if (!placeOf().isShared) return skip('one process at a time');
    const other = await started(placeOf());
    try {
      const user = newUser();
      for (const rate of [60, 90, 61, 89]) {
        await send(service, reading(user, 'a', at('10:00:00'), rate));
        expect(await series(other, user)).toEqual([rate]);
        await send(other, reading(user, 'a', at('10:00:00'), rate + 5));
        expect(await series(service, user)).toEqual([rate + 5]);
        const latest = await service.get(`${READINGS}/latest?user_id=${user}`);
        expect(await latest.json()).toMatchObject({ heart_rate: rate + 5 });
      }
      await other.ask('DELETE', `${READINGS}?user_id=${user}`);
      expect(await series(service, user)).toEqual([]);
      await send(service, reading(user, 'a', at('11:00:00'), 50));
      expect(await series(other, user)).toEqual([50]);
    } finally {
      await other.process.kill();
    }
  });
};
