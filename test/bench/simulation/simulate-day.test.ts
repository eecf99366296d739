import { expect, it } from 'vitest';
import { simulate, simulateDay } from './simulate-day.ts';

it('a day of 20,000 readings a second is taken without a refusal, in few parts', async () => {
  const simulated = await simulateDay(20_000);
  expect(simulated.firstRefusalAfterHours).toBeUndefined();
  expect(simulated.mostParts).toBeLessThan(64);
  expect(simulated.partsAtEnd).toBeLessThan(40);
  expect(simulated.writeAmplification).toBeLessThan(8);
}, 120_000);

it('a user a second who syncs a year of hours leaves eight parts a day at most', async () => {
  const simulated = await simulate({ readingsPerSecond: 8_760, hours: 1 / 6, days: 365 });
  expect(simulated.firstRefusalAfterHours).toBeUndefined();
  expect(simulated.mostParts).toBeLessThanOrEqual(8);
  expect(simulated.mergeDebtBytesAtEnd).toBe(0);
}, 120_000);

it('more readings than the flush can take are refused in the end', async () => {
  const simulated = await simulate({ readingsPerSecond: 20_000, hours: 24, days: 30_000 });
  expect(simulated.firstRefusalAfterHours).toBeGreaterThan(0);
}, 120_000);
