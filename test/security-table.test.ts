import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packageFileUrl, readPackageFile } from '../src/package-file.ts';
import { testTitles } from './support/test-titles.ts';

// SECURITY.md names for each attack the tests that show the defence: they have to be there.

interface Shown {
  readonly attack: string;
  /** Of each file the titles of tests; none stands for all of it. */
  readonly tests: readonly { readonly file: string; readonly titles: string[] }[];
}

/** Code in the last column is a file, or the title of a test of the file before it. */
const testsOf = (cell: string): Shown['tests'] => {
  const tests: { file: string; titles: string[] }[] = [];
  for (const [, code = ''] of cell.matchAll(/`([^`]+)`/g)) {
    if (/^test\/\S+\.ts$/.test(code)) tests.push({ file: code, titles: [] });
    else if (tests.length === 0) throw new Error(`${code} stands before any file`);
    else tests.at(-1)?.titles.push(code);
  }
  return tests;
};

const ROWS: readonly Shown[] = readPackageFile('SECURITY.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (---|Attack) \|/.test(line))
  .map((line) => {
    const [attack = '', , cell = ''] = line.slice(2, -2).split(' | ');
    return { attack, tests: testsOf(cell) };
  });

test('the table has the ten of OWASP, and much else', () => {
  const ids = ROWS.flatMap(({ attack }) => attack.match(/^API\d+:2023/) ?? []);
  expect(ids).toEqual(Array.from({ length: 10 }, (_, at) => `API${at + 1}:2023`));
  expect(ROWS.length).toBeGreaterThan(35);
});

test.each(ROWS)('$attack: the tests that show it are there', ({ tests }) => {
  expect(tests.length).toBeGreaterThan(0);
  for (const { file, titles } of tests) {
    expect([file, existsSync(packageFileUrl(file))]).toEqual([file, true]);
    const found = testTitles(file, readPackageFile(file));
    expect(titles.filter((title) => !found.has(title))).toEqual([]);
  }
});
