import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isSystemError, patiently, systemReason } from '../../src/storage/system-error.ts';

describe('an error of the system', () => {
  it('is what Node throws when the system refuses', async () => {
    const error = await readFile('/nowhere/at/all').catch((thrown: unknown) => thrown);
    expect(isSystemError(error)).toBe(true);
  });

  it.each([
    'Too many open files (os error 24): /data/part',
    'Worker initialization failure: EMFILE',
    'called `Result::unwrap()` on an `Err` value: Os { code: 24, kind: Uncategorized }',
  ])('is what Rust tells: %s', (message) => {
    expect(isSystemError(new Error(message))).toBe(true);
  });

  it.each([
    ['of what is in a file', new Error('parquet: File out of specification')],
    ['with a code alone', Object.assign(new Error('no'), { code: 'ERR_INVALID_ARG_TYPE' })],
    ['with a word that ends alike', new Error('chaos error 24')],
    ['that is only text', 'Too many open files (os error 24)'],
    ['that is nothing', undefined],
  ])('is not one %s', (_, error) => {
    expect(isSystemError(error)).toBe(false);
  });
});

describe('why the system refused', () => {
  it.each([
    ["EMFILE: too many open files, open '/data/part'", 'too many open files (EMFILE)'],
    ['Too many open files (os error 24): /data/part of ann', 'too many open files (EMFILE)'],
    ['Worker initialization failure: EMFILE', 'too many open files (EMFILE)'],
    ['Os { code: 12, kind: OutOfMemory }', 'not enough memory (ENOMEM)'],
    ['parquet: File out of specification', undefined],
    ['EVERYTHING: /data/part', undefined],
  ])('is told without paths and people: %s', (message, reason) => {
    expect(systemReason(new Error(message))).toBe(reason);
  });
});

describe('patience', () => {
  it.each([0, 1, 3])('outlasts %d failures', async (failures) => {
    let calls = 0;
    const outcome = await patiently(async () => {
      if (calls++ < failures) throw new Error(`failure ${calls}`);
      return 'done';
    });
    expect([outcome, calls]).toEqual(['done', failures + 1]);
  });

  it('ends with what went wrong last', async () => {
    let calls = 0;
    const failing = patiently(() => Promise.reject(new Error(`failure ${++calls}`)));
    await expect(failing).rejects.toThrow('failure 4');
  });
});
