import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check } from 'recheck';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { contract } from '../support/contract.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A pattern that takes longer to judge is one to look at, or to write in a simpler way. */
const TIMEOUT_MS = 60_000;

interface Found {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

const sourceFiles = (folder: string): string[] =>
  readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);

/** The regular expressions in a file; and of those that are made at run time, what they are made of. */
const expressionsOf = (path: string): Found[] => {
  const file = ts.createSourceFile(path, readFileSync(ROOT + path, 'utf8'), ts.ScriptTarget.Latest);
  const found: Found[] = [];
  const visit = (node: ts.Node): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.pos);
    const where = `${path}:${line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push({ where, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    const isMade = ts.isNewExpression(node) || ts.isCallExpression(node);
    if (isMade && node.expression.getText(file) === 'RegExp') {
      found.push({ where, source: node.getText(file), flags: 'made at run time' });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/** Every `pattern` of the contract, which the service turns into regular expressions. */
const patternsOf = (node: unknown, where: string): Found[] => {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'pattern' && typeof value === 'string')
      return [{ where, source: value, flags: 'u' }];
    return patternsOf(value, `${where}/${key}`);
  });
};

const isVulnerable = async ({ source, flags }: Found): Promise<boolean> =>
  (await check(source, flags, { timeout: TIMEOUT_MS })).status !== 'safe';

const FOUND = [
  ...['src', 'client/src', 'client/dashboard/src'].flatMap(sourceFiles).flatMap(expressionsOf),
  ...patternsOf(contract, 'openapi.yaml'),
];
const WRITTEN = FOUND.filter(({ flags }) => flags !== 'made at run time');
const DISTINCT = [...new Map(WRITTEN.map((one) => [`${one.source} ${one.flags}`, one])).values()];

test('there are some, in the code and in the contract', () => {
  expect(FOUND.filter(({ where }) => where.startsWith('src/')).length).toBeGreaterThan(20);
  expect(FOUND.filter(({ where }) => where.startsWith('openapi.yaml')).length).toBeGreaterThan(3);
});

test('none is made at run time, which could not be judged', () => {
  const made = FOUND.filter(({ flags }) => flags === 'made at run time');
  expect(made.map(({ where, source }) => `${where} ${source}`)).toEqual([]);
});

test('the checker finds what takes exponential or quadratic time', async () => {
  for (const source of ['^(a+)+$', 'a+b', '^\\s+|\\s+$']) {
    expect(await isVulnerable({ where: '', source, flags: '' })).toBe(true);
  }
});

test.each(DISTINCT)('$where /$source/$flags takes linear time', async (one) => {
  expect(await isVulnerable(one)).toBe(false);
});
