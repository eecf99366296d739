import { readdirSync, readFileSync } from 'node:fs';
import { readPackageFile } from '../../src/package-file.ts';

/** The memory of a process at this moment, as Linux tells it; NaN on other systems. */
export const residentBytesOf = (pid: number): number => {
  if (process.platform !== 'linux') return Number.NaN;
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
};

/** How many files and sockets a process has open, as Linux tells it; NaN on other systems. */
export const openFilesOf = (pid: number): number =>
  process.platform === 'linux' ? readdirSync(`/proc/${pid}/fd`).length : Number.NaN;

/** How `npm start` sets the memory allocator, as an environment. */
export const ALLOCATOR: Readonly<Record<string, string>> = Object.fromEntries(
  [...readPackageFile('package.json').matchAll(/(MALLOC_\w+)=(\d+)/g)].map(([, name, value]) => [
    name,
    value,
  ]),
);
