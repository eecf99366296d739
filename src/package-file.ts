import { existsSync, readFileSync } from 'node:fs';

/** The folder with package.json: this module lies in it as source, and once more below `dist`. */
const findRoot = (): URL => {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    if (existsSync(new URL('package.json', folder))) return folder;
    if (folder.pathname === '/') throw new Error('package.json is missing');
  }
};

const root = findRoot();

/** Where a file of this package is, by its path from the folder of package.json. */
export const packageFileUrl = (path: string): URL => new URL(path, root);

/** Its text. */
export const readPackageFile = (path: string): string => readFileSync(packageFileUrl(path), 'utf8');
