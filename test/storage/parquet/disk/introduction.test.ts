import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { introduce, parseIntroduction } from '../../../../src/storage/parquet/disk/introduction.ts';

describe('an introduction', () => {
  it.each([true, false])('says who speaks, and whether it is the owner (%s)', (isOwner) => {
    const said = { pid: process.pid, host: hostname(), isOwner };
    expect(parseIntroduction(introduce(isOwner))).toEqual(said);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['cut', introduce(true).slice(0, -1)],
    ['null', 'null'],
    ['without a pid', '{"host":"a","isOwner":true}'],
    ['with a pid that is text', '{"pid":"1","host":"a","isOwner":true}'],
    ['with a host that is a number', '{"pid":1,"host":2,"isOwner":true}'],
    ['that does not say whose the folder is', '{"pid":1,"host":"a"}'],
  ])('is none when it is %s', (_, text) => {
    expect(parseIntroduction(text)).toBeUndefined();
  });

  it('is passed on without what else is said', () => {
    const more = '{"pid":1,"host":"a","isOwner":false,"more":[1]}';
    expect(parseIntroduction(more)).toEqual({ pid: 1, host: 'a', isOwner: false });
  });
});
