import { expect, onTestFinished, test } from 'vitest';
import type { DevicePriority } from '../../../src/readings/device-priority.ts';
import { openTestService } from '../../support/test-service.ts';

const devicesOf = async (devicePriorities?: readonly DevicePriority[]) => {
  const service = await openTestService(devicePriorities === undefined ? {} : { devicePriorities });
  onTestFinished(() => service.close());
  return (await service.get('/devices')).json();
};

test('the two known devices are the default', async () => {
  expect(await devicesOf()).toEqual({
    devices: [
      { device_id: 'device_a', priority: 1 },
      { device_id: 'device_b', priority: 2 },
    ],
    prefixes: [],
  });
});

test('prefixes alone, and none', async () => {
  expect(await devicesOf([{ prefix: '', priority: 1 }])).toEqual({
    devices: [],
    prefixes: [{ prefix: '', priority: 1 }],
  });
  expect(await devicesOf([])).toEqual({ devices: [], prefixes: [] });
});

test('devices and prefixes, each with the most trusted first', async () => {
  const priorities = [
    { deviceId: 'watch', priority: 3 },
    { prefix: '', priority: 9 },
    { deviceId: 'monitor', priority: 1 },
    { prefix: 'polar-', priority: 2 },
  ];
  expect(await devicesOf(priorities)).toEqual({
    devices: [
      { device_id: 'monitor', priority: 1 },
      { device_id: 'watch', priority: 3 },
    ],
    prefixes: [
      { prefix: 'polar-', priority: 2 },
      { prefix: '', priority: 9 },
    ],
  });
});
