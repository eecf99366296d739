import { execFile } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createHeartRateClient } from '../../client/src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestServer } from '../support/test-server.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');

/** All samples, one after the other, as somebody types them. */
const samplesOf = async (): Promise<string[]> => {
  const text = await readFile(join(ROOT, 'client', 'README.md'), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, sample = '']) => sample);
};

const COMPILER_OPTIONS = {
  target: 'ES2022',
  module: 'NodeNext',
  lib: ['ES2023', 'DOM'],
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};

test('the samples of the README compile, and run one after the other', {
  timeout: 120_000,
}, async () => {
  const server = await openTestServer();
  onTestFinished(() => server.close());
  await run('npm', ['run', 'build', '-w', 'client'], { cwd: ROOT });
  const folder = await temporaryFolder();
  await symlink(MODULES, join(folder, 'node_modules'));
  const samples = await samplesOf();
  expect(samples.length).toBeGreaterThan(6);
  // Those of browsers are compiled alone: Node has no IndexedDB.
  const inNode = samples.filter((sample) => !sample.includes('indexed-db-store'));
  expect(inNode).toHaveLength(samples.length - 1);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(folder, 'samples.ts'), samples.join('\n'));
  const config = { compilerOptions: COMPILER_OPTIONS, files: ['samples.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(MODULES, 'typescript', 'bin', 'tsc');
  const compiled = await run(process.execPath, [tsc, '-p', folder]).catch((error) => error);
  expect(compiled.stdout).toBe('');

  const program = inNode.join('\n').replaceAll('http://127.0.0.1:8000', server.url);
  await writeFile(join(folder, 'run.ts'), program);
  // Somebody sends readings, which the live sample waits for.
  const client = createHeartRateClient({ baseUrl: server.url });
  const live = { user_id: 'user_123', device_id: 'device_b', heart_rate: 91 };
  const sent: Promise<void>[] = [];
  const sending = setInterval(() => {
    sent.push(client.ingest({ ...live, timestamp: new Date() }));
  }, 100);
  onTestFinished(() => clearInterval(sending));
  const args = ['--import', 'tsx', 'run.ts'];
  const { stdout, stderr } = await run(process.execPath, args, { cwd: folder });
  clearInterval(sending);
  await Promise.all(sent);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/heart_rate: 75,\s+device_id: 'device_a'/); // the quick start
  expect(stdout).toMatch(/^400 \[ \{ pointer: '\/heart_rate'/m); // errors
  expect(stdout).toContain('from here on each accepted reading is told\n91\n'); // live
  expect(stdout).toContain('2024-01-15T10:01:00Z device_a 80\n'); // the queue's, in the export
});
