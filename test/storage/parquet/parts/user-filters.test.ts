import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { EpochDay } from '../../../../src/readings/reading.ts';
import {
  UserFilter,
  UserFilterBuilder,
  userHash,
} from '../../../../src/storage/parquet/parts/user-filter.ts';
import { UserFilters } from '../../../../src/storage/parquet/parts/user-filters.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { fixturePart, type PartRow } from './read-part.ts';
import { writePart } from './write-part.ts';

const DAY = 19_737 as EpochDay;
const START = DAY * 86_400_000_000;

const partOf = async (users: readonly string[]) => {
  const rows = users.map((user, i): PartRow => [user, 'a', START + i, 70]);
  const { path, bytes } = await writePart(await temporaryFolder(), 1, rows.length, rows);
  return { path, bytes, day: DAY };
};

const strangers = Array.from({ length: 2000 }, (_, i) => `stranger_${i}`);

describe('the filter of a part', () => {
  it('never excludes a user of the part, and most others', async () => {
    const users = Array.from({ length: 3000 }, (_, i) => `user_${i}😀`);
    const part = await partOf(users);
    const filters = new UserFilters();
    for (const user of users) expect(await filters.mayHold(part, user)).toBe(true);
    let passed = 0;
    for (const user of strangers) if (await filters.mayHold(part, user)) passed++;
    // 0.8 % by chance.
    expect(passed).toBeLessThan(45);
  });

  it('is read once', async () => {
    const part = await partOf(['ann']);
    const filters = new UserFilters();
    await filters.warm(part);
    await rm(part.path);
    expect(await filters.mayHold(part, 'ann')).toBe(true);
    expect(await filters.mayHold(part, 'bob')).toBe(false);
  });

  it('is not read at all when it is known from the writing', async () => {
    const part = { path: '/nowhere/part', bytes: 1, day: DAY };
    const filters = new UserFilters();
    filters.put(part, UserFilter.of([userHash('ann')]).encode());
    expect(await filters.mayHold(part, 'ann')).toBe(true);
    expect(await filters.mayHold(part, 'bob')).toBe(false);
  });

  it('excludes nobody when it is damaged, cut off, or gone', async () => {
    const part = await partOf(['ann']);
    const content = await readFile(part.path);
    const at = content.indexOf('user_filter') + 'user_filter'.length;
    // Its last two characters have no bits that count.
    for (let i = at + 2; i < at + 20; i++) {
      const flipped = Buffer.from(content);
      flipped[i] = (flipped[i] as number) ^ 1;
      await writeFile(part.path, flipped);
      expect(await new UserFilters().mayHold(part, 'bob'), String(i)).toBe(true);
    }
    await truncate(part.path, 100);
    expect(await new UserFilters().mayHold(part, 'bob')).toBe(true);
    await rm(part.path);
    const filters = new UserFilters();
    expect(await filters.mayHold(part, 'bob')).toBe(true);
    // It may have been too many open files: the next look is a new one.
    await writeFile(part.path, content);
    expect(await filters.mayHold(part, 'bob')).toBe(false);
  });

  it.each([1, 2] as const)(
    'is not in a part of format %i, which may hold anybody',
    async (format) => {
      const part = { path: await fixturePart(format), bytes: 0, day: DAY };
      expect(await new UserFilters().mayHold(part, 'nobody at all')).toBe(true);
    },
  );

  it('gives up the one that was asked for least recently, when memory is used up', async () => {
    const [one, two] = [await partOf(['ann']), await partOf(['ann'])];
    const filters = new UserFilters(400);
    expect(await filters.mayHold(one, 'bob')).toBe(false);
    expect(await filters.mayHold(two, 'bob')).toBe(false);
    await rm(one.path);
    await rm(two.path);
    expect(await filters.mayHold(two, 'bob')).toBe(false);
    expect(await filters.mayHold(one, 'bob')).toBe(true);
  });

  it('is left out of a part of very many users', () => {
    const builder = new UserFilterBuilder();
    for (let i = 0; i < 52_428; i++) builder.add(`user_${i}`);
    expect(builder.build()?.bytes).toBe(65_535);
    builder.add('one too many');
    expect(builder.build()).toBeUndefined();
  });

  it('is the same on every machine', () => {
    const text = UserFilter.of(['ann', 'bob', 'ü😀'].map(userHash)).encode();
    expect(text).toBe('42ce1f93SwMCBAgyomY=');
    expect(UserFilter.decode(text)?.mayHold(userHash('bob'))).toBe(true);
  });
});
