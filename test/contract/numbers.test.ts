import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dereference, operationsOf } from '../../src/openapi/spec-document.ts';
import { contract } from '../support/contract.ts';

// What the schemas limit, the descriptions tell people. Each number is written for both.

const text = JSON.stringify(contract);
const schemaOf = (path: string) =>
  dereference<{ maxItems: number; maximum: number }>(contract, {
    $ref: `#/components/schemas/${path}`,
  });

test('how many readings a batch has', () => {
  const { maxItems } = schemaOf('HeartRateBatch/properties/readings');
  const told = [...text.matchAll(/1 to (\d+,\d+) readings/g)].map(([, number]) => number);
  expect(told.length).toBeGreaterThan(2);
  expect(new Set(told)).toEqual(new Set([maxItems.toLocaleString('en')]));
  // All can be stored, or be invalid; where some are stored, all but one can be rejected.
  expect(schemaOf('BatchAccepted/properties/count').maximum).toBe(maxItems);
  expect(schemaOf('BatchAccepted/properties/rejected').maximum).toBe(maxItems - 1);
  expect(schemaOf('Problem/properties/invalid_count').maximum).toBe(maxItems);
});

test('how many errors are told', () => {
  const { maxItems } = schemaOf('ProblemErrors');
  const told = [...text.matchAll(/at most (\d+) entries/g)].map(([, number]) => Number(number));
  expect(new Set(told)).toEqual(new Set([maxItems]));
});

test('how many days a range has', () => {
  const limited = operationsOf(contract).flatMap(
    ({ operation }) => operation['x-max-range-days'] ?? [],
  );
  const told = [...text.matchAll(/[Aa]t most (\d+) days/g)].map(([, number]) => Number(number));
  expect(told).toEqual(limited);
});

test('the version of the service', () => {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version }: { version: string } = JSON.parse(file);
  expect(contract.info).toMatchObject({ version });
});
