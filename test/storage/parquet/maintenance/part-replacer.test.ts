import { describe, expect, it, vi } from 'vitest';
import type { Part } from '../../../../src/storage/parquet/parts/part-catalog.ts';
import { UserFilter, userHash } from '../../../../src/storage/parquet/parts/user-filter.ts';
import { DAY, partOf, partWork } from '../../../support/part-work.ts';

const replacementOf = (...old: readonly Part[]) => {
  const [first, last] = [old[0] as Part, old.at(-1) as Part];
  const range = { first: first.range.first, last: last.range.last };
  return { day: DAY, old, identity: { range, rewrites: 1 } };
};

const written = async () => ({ ...partOf(1, 9, 1), rows: 1 });

describe('replacing parts', () => {
  it('puts the new one in force, and the old one with the garbage', async () => {
    const old = partOf(1, 9);
    const { replacer, parts } = await partWork({}, old);
    expect(await replacer.replace(replacementOf(old), written)).toMatchObject({ rows: 1 });
    expect(parts.ofDay(DAY)).toEqual([partOf(1, 9, 1)]);
    expect(parts.removable).toEqual([old]);
    expect(parts.isTaken(old)).toBe(false);
  });

  it('knows the users of the new one from its writing', async () => {
    const old = partOf(1, 9);
    const { replacer, parts, filters } = await partWork({}, old);
    const userFilter = UserFilter.of([userHash('ann')]).encode();
    await replacer.replace(replacementOf(old), async () => ({ ...(await written()), userFilter }));
    const [part] = parts.ofDay(DAY) as [Part];
    expect(await filters.mayHold(part, 'bob')).toBe(false);
  });

  it('comes to nothing while another replaces one of them', async () => {
    const [one, other] = [partOf(1, 9), partOf(10, 19)];
    const { replacer, parts } = await partWork({}, one, other);
    parts.take([other]);
    const write = vi.fn(written);
    expect(await replacer.replace(replacementOf(one, other), write)).toBeUndefined();
    expect(write).not.toHaveBeenCalled();
    expect([parts.isTaken(one), parts.isTaken(other)]).toEqual([false, true]);
  });

  it('comes to nothing when one of them is in force no longer', async () => {
    const old = partOf(1, 9);
    const { replacer } = await partWork();
    const write = vi.fn(written);
    expect(await replacer.replace(replacementOf(old), write)).toBeUndefined();
    expect(write).not.toHaveBeenCalled();
  });

  it('leaves a part in force of which nothing was to be changed', async () => {
    const old = partOf(1, 9);
    const { replacer, parts } = await partWork({}, old);
    const outcome = await replacer.replace(replacementOf(old), async () => 'untouched');
    expect([outcome, parts.ofDay(DAY), parts.isTaken(old)]).toEqual([undefined, [old], false]);
  });

  it('takes a part out of force of which nothing is left', async () => {
    const old = partOf(1, 9);
    const { replacer, parts } = await partWork({}, old);
    await replacer.replace(replacementOf(old), async () => 'emptied');
    expect(parts.ofDay(DAY)).toEqual([]);
    expect(parts.removable).toEqual([old]);
  });

  it.each([
    ['is emptied', async () => 'emptied' as const, []],
    ['is written anew', written, [partOf(1, 9, 1).path]],
  ])('that %s after it was set aside keeps it there', async (_, write, garbage) => {
    const old = partOf(1, 9);
    const { replacer, parts } = await partWork({}, old);
    const replaced = replacer.replace(replacementOf(old), () => {
      parts.remove(old);
      return write();
    });
    expect(await replaced).toBeUndefined();
    expect(parts.ofDay(DAY)).toEqual([]);
    // Its own file is not garbage: it is in quarantine, by another name.
    expect(parts.removable.map(({ path }) => path)).toEqual(garbage);
  });

  it('is in the way of itself after a failure, until what it left is looked for', async () => {
    const old = partOf(1, 9);
    const { replacer, parts } = await partWork({}, old);
    const replacement = replacementOf(old);
    const failing = replacer.replace(replacement, () => Promise.reject(new Error('no luck')));
    await expect(failing).rejects.toThrow('no luck');
    expect(parts.isTaken(old)).toBe(false);
    expect([replacer.hasUnfinished, replacer.isClear(DAY, replacement.identity)]).toEqual([
      true,
      false,
    ]);
    expect(replacer.isClear(DAY, partOf(1, 10))).toBe(true);
    const step = replacer.cleaning.next(() => false);
    expect(replacer.cleaning.next((subject) => subject === step?.subject)).toBeUndefined();
    await step?.run();
    expect([replacer.hasUnfinished, replacer.isClear(DAY, replacement.identity)]).toEqual([
      false,
      true,
    ]);
  });

  it('tells of a failure as nothing when a damaged part was the reason', async () => {
    const old = partOf(1, 9);
    const { replacer, parts, inspection, quarantine } = await partWork(
      { check: async () => ({ damage: 'torn' }) },
      old,
    );
    const setAside = vi.spyOn(quarantine, 'setAsideFile').mockResolvedValue();
    const replaced = replacer.replace(replacementOf(old), () => Promise.reject(new Error('torn')));
    expect(await replaced).toBeUndefined();
    expect(setAside).toHaveBeenCalledWith(old.path, old.bytes, 'torn');
    expect([parts.ofDay(DAY), inspection.exclusions]).toEqual([[], 1]);
  });
});
