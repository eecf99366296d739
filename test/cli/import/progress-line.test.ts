import { expect, test } from 'vitest';
import { importProgressLine } from '../../../src/cli/import/progress-line.ts';

const PROGRESS = {
  rows: 30_000,
  stored: 29_990,
  rejected: 10,
  bytes: 25,
  totalBytes: 100,
  resumedAfter: 10_000,
};

test('a line tells how far, how fast and how long it will take', () => {
  expect(importProgressLine('/home/a/export.zip', PROGRESS, 20_000)).toBe(
    '[██████░░░░░░░░░░░░░░░░░░] export.zip 25 %, 30,000 rows, 1,000/s, 1:00 left, 10 rejected',
  );
});

test('nothing is read yet: nobody knows how long', () => {
  const begun = { ...PROGRESS, rows: 0, rejected: 0, bytes: 0, resumedAfter: 0 };
  expect(importProgressLine('f', begun, 0)).toBe(
    '[░░░░░░░░░░░░░░░░░░░░░░░░] f 0 %, 0 rows, 0/s, 0 rejected',
  );
});
