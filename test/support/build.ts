import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Builds dist/ before the tests: those that start the service as a process run what users run. */
export const setup = async (): Promise<void> => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root });
  // As `npm run build` does, without npm.
  await run('node_modules/typescript/bin/tsc');
  await run('dist/src/finish-build.js');
  await run('node_modules/vite/bin/vite.js', 'build', 'client/dashboard');
};
