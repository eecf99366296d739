import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithGuides, GUIDES, readGuide } from '../../../src/http/guides/guides.ts';
import { packageFileUrl } from '../../../src/package-file.ts';
import { contract } from '../../support/contract.ts';
import { samplesOf } from './samples.ts';

const headingsOf = (markdown: string): string[] =>
  markdown.replace(/^```[\s\S]*?^```$/gm, '').match(/^#+ .*/gm) ?? [];

test('every guide is shown', () => {
  const files = readdirSync(packageFileUrl('src/http/guides/')).filter((file) =>
    file.endsWith('.md'),
  );
  expect(GUIDES.map((name) => `${name}.md`).sort()).toEqual(files.sort());
});

test('the page has the introduction, the guides and every rule of the contract, in this order', () => {
  const { description } = (contract as unknown as { info: { description: string } }).info;
  const titles = headingsOf(describeWithGuides(description)).filter((line) =>
    line.startsWith('# '),
  );
  const guides = GUIDES.map((name) => headingsOf(readGuide(name))[0]);
  expect(titles).toEqual(['# Introduction', ...guides, '# Rules']);
  expect(describeWithGuides(description)).toContain(
    description.slice(description.indexOf('\n## ')),
  );
});

test.each(GUIDES)(
  '%s is short, has one title and sections, and samples that fit the page',
  (name) => {
    const guide = readGuide(name);
    expect(guide.trimEnd().split('\n').length).toBeLessThan(80);
    const [title, ...sections] = headingsOf(guide);
    expect(title).toMatch(/^# /);
    for (const section of sections) expect(section).toMatch(/^## /);
    const samples = samplesOf(guide);
    expect(new Set(samples.map(({ language }) => language)).has('bash')).toBe(true);
    for (const { code } of samples) {
      // Lines of NDJSON cannot be broken.
      const lines = code.split('\n').filter((line) => !line.startsWith('{'));
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(76);
    }
  },
);
