import { readPackageFile } from '../../package-file.ts';

/** The guides beside this file, in the order in which the docs page shows them. */
export const GUIDES = [
  'quick-start',
  'device-priority',
  'time-zones',
  'retries',
  'batches',
  'errors',
  'live',
  'import',
] as const;

/** The text of a guide: one heading of level 1, sections of level 2. */
export const readGuide = (name: (typeof GUIDES)[number]): string =>
  readPackageFile(`src/http/guides/${name}.md`);

/**
 * The description of the docs page: what the service is, the guides, then the rules. Scalar makes
 * the sidebar of the headings of level 1, and of those of level 2 below them.
 *
 * @param description of the contract: a text, then sections whose headings are of level 2
 */
export const describeWithGuides = (description: string): string => {
  const rules = description.indexOf('\n## ');
  if (rules < 0) throw new Error("the contract's description has no sections");
  return [
    '# Introduction',
    description.slice(0, rules),
    ...GUIDES.map(readGuide),
    '# Rules',
    description.slice(rules),
  ].join('\n\n');
};
