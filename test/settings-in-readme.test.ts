import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSettings } from '../src/settings.ts';

// README.md tells people of each setting, and of its default.

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The rows of its tables that begin with the name of a variable: the name and the default. */
const ROWS = [...README.matchAll(/^\| `([A-Z][A-Z_]+)` \| ([^|]*?) \|/gm)].map(
  ([, name = '', byDefault = '']): [string, string] => [name, byDefault],
);

/** Asked of the settings themselves, so that none is missed. */
const NAMES = (() => {
  const asked = new Set<string>();
  readSettings(
    new Proxy({}, { get: (_, name) => void asked.add(String(name)) }) as Record<string, string>,
  );
  return [...asked];
})();

test.each(NAMES)('README tells of %s', (name) => {
  expect(README).toMatch(new RegExp(`\`${name}[\`=]`));
});

const NUMBERS = ROWS.filter(([name, text]) => NAMES.includes(name) && /^\d+$/.test(text));

test('README tells defaults in numbers', () => {
  expect(NUMBERS.length).toBeGreaterThan(10);
});

test.each(NUMBERS)('README tells the default of %s, which is %s', (name, byDefault) => {
  expect(readSettings({ [name]: byDefault })).toEqual(readSettings({}));
});
