import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestService, READING, type TestService } from '../../support/test-service.ts';

let service: TestService;
beforeEach(async () => {
  service = await openTestService();
});
afterEach(() => service.close());

const PATH = '/metrics/heart-rate';
const store = (changes: object) => service.postJson(PATH, { ...READING, ...changes });

test('the reading with the latest timestamp, in UTC, whenever it came', async () => {
  await store({ timestamp: '2024-01-16T01:30:00.5+02:00', heart_rate: 71.5 });
  await store({ timestamp: '2024-01-15T10:00:00Z' });
  const answer = await service.get(`${PATH}/latest?user_id=user_123`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.json()).toEqual({
    device_id: 'device_a',
    user_id: 'user_123',
    timestamp: '2024-01-15T23:30:00.5Z',
    heart_rate: 71.5,
  });
});

test('only that of a device, when one is named', async () => {
  await store({});
  await store({ device_id: 'device_b', timestamp: '2024-01-15T09:00:00Z' });
  const answer = await service.get(`${PATH}/latest?user_id=user_123&device_id=device_b`);
  expect(await answer.json()).toMatchObject({ timestamp: '2024-01-15T09:00:00Z' });
});

test('none is 404, and says of whom', async () => {
  await store({});
  const nobody = await service.get(`${PATH}/latest?user_id=nobody`);
  expect(nobody.status).toBe(404);
  expect(await nobody.json()).toMatchObject({
    type: 'urn:problem:heart-rate:no-readings',
    detail: 'There are no readings of this user.',
  });
  const noDevice = await service.get(`${PATH}/latest?user_id=user_123&device_id=other`);
  expect(await noDevice.json()).toMatchObject({
    detail: 'There are no readings of this user and device.',
  });
});
