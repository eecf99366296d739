import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createHeartRateClient, type Reading } from '../../../client/src/index.ts';
import type { Delivery } from '../../../src/cli/generate-data/plan.ts';
import { PlanSender } from '../../../src/cli/generate-data/send.ts';

const START_MS = Date.parse('2024-01-15T10:00:00Z');

const measured = (second: number, heartRate = 70, deviceId = 'device_a') => ({
  userId: 'u',
  deviceId,
  atMs: START_MS + second * 1000,
  heartRate,
});

const single = (second: number): Delivery => ({ kind: 'single', measurements: [measured(second)] });

const AS_FAST_AS_POSSIBLE = { rate: 0, concurrency: 4 };

/** A client whose service takes a moment and notes what it is sent; some readings it refuses. */
const noteAll = ({ tookMs = 1, refuses = (_: Reading): boolean => false } = {}) => {
  const noted: { readings: Reading[]; startMs: number; endMs: number }[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const fetch = async (request: Request): Promise<Response> => {
    const startMs = performance.now();
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    const body = (await request.json()) as Reading | { readings: Reading[] };
    const readings = 'readings' in body ? body.readings : [body];
    await sleep(tookMs);
    underWay--;
    noted.push({ readings, startMs, endMs: performance.now() });
    const status = readings.some(refuses) ? 400 : 200;
    return Response.json({ status: 'accepted' }, { status });
  };
  const client = createHeartRateClient({ baseUrl: 'http://service.test', fetch });
  return { client, noted, mostUnderWay: () => mostUnderWay };
};

test('a burst is a batch, everything else a request of its own', async () => {
  const { client, noted } = noteAll();
  const burst: Delivery = { kind: 'burst', measurements: [measured(1), measured(2)] };
  await new PlanSender(client, [single(0), burst], AS_FAST_AS_POSSIBLE).run();
  expect(noted.map(({ readings }) => readings.length).sort()).toEqual([1, 2]);
});

test('several requests are under way at once, and never too many', async () => {
  const { client, noted, mostUnderWay } = noteAll({ tookMs: 20 });
  const plan = Array.from({ length: 30 }, (_, i) => single(i));
  await new PlanSender(client, plan, AS_FAST_AS_POSSIBLE).run();
  expect(noted).toHaveLength(30);
  expect(mostUnderWay()).toBe(4);
});

test('a correction waits for the answer to what it corrects', async () => {
  const { client, noted } = noteAll({ tookMs: 50 });
  const correction: Delivery = { kind: 'correction', measurements: [measured(0, 90)], after: 0 };
  const sender = new PlanSender(client, [single(0), correction, single(1)], AS_FAST_AS_POSSIBLE);
  const accepted = await sender.run();
  expect(noted.map(({ readings }) => readings[0]?.heart_rate)).toEqual([70, 70, 90]);
  expect(noted[2]?.startMs).toBeGreaterThanOrEqual(noted[0]?.endMs ?? 0);
  expect(accepted).toEqual([measured(0), measured(0, 90), measured(1)]);
});

test('a repeat is the same instant in another notation', async () => {
  const { client, noted } = noteAll();
  const plan: Delivery[] = ['device_a', 'device_b', 'device_c', 'device_d'].flatMap((device) => {
    const measurements = [measured(0, 70, device)];
    return [
      { kind: 'single', measurements },
      { kind: 'repeat', measurements },
    ];
  });
  await new PlanSender(client, plan, { rate: 0, concurrency: 1 }).run();
  const times = noted.map(({ readings }) => readings[0]?.timestamp ?? '');
  expect(new Set(times).size).toBe(4);
  for (let i = 0; i < times.length; i += 2) expect(times[i]).not.toBe(times[i + 1]);
  expect(new Set(times.map((time) => Date.parse(time)))).toEqual(new Set([START_MS]));
});

test('the pace is held', async () => {
  const { client, noted } = noteAll();
  const plan = Array.from({ length: 11 }, (_, i) => single(i));
  const startMs = performance.now();
  await new PlanSender(client, plan, { rate: 20, concurrency: 4 }).run();
  const starts = noted.map((each) => each.startMs - startMs);
  starts.forEach((atMs, i) => {
    expect(atMs).toBeGreaterThan(i * 50 - 5); // a timer may be early by a part of a millisecond
  });
});

test('what is refused is noted and not counted as accepted; the rest is sent', async () => {
  const { client } = noteAll({ refuses: ({ heart_rate }) => heart_rate === 99 });
  const refused: Delivery = { kind: 'single', measurements: [measured(1, 99)] };
  const sender = new PlanSender(client, [single(0), refused, single(2)], AS_FAST_AS_POSSIBLE);
  expect(await sender.run()).toEqual([measured(0), measured(2)]);
  expect(sender.errors).toEqual([expect.stringContaining('HeartRateApiError: 400')]);
  expect(sender.progress()).toMatchObject({ readings: 3, total: 3, errors: 1 });
});
