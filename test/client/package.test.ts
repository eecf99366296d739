import { execFile } from 'node:child_process';
import { cp, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

const CONSUMER = `
import { createHeartRateClient, HeartRateApiError, type Series } from 'heart-rate-metrics/client';

export const sendAndAsk = async (baseUrl: string): Promise<Series | null> => {
  const client = createHeartRateClient({ baseUrl });
  const reading = { user_id: 'consumer', device_id: 'device_a', heart_rate: 75 };
  await client.ingest({ ...reading, timestamp: '2024-01-15T10:00:00Z' });
  const refused = client.ingest({ ...reading, timestamp: 'yesterday' });
  await refused.catch((error: unknown) => {
    if (!(error instanceof HeartRateApiError) || error.problem.status !== 400) throw error;
  });
  // @ts-expect-error The contract has no such field.
  await client.ingest({ ...reading, timestamp: '2024-01-15T10:00:00Z', note: 'ignored' });
  const day = { start: '2024-01-15T00:00:00Z', end: '2024-01-16T00:00:00Z' };
  return client.query({ user_id: 'consumer', ...day });
};
`;

const MAIN = `
import { sendAndAsk } from './consumer.js';
console.log(JSON.stringify(await sendAndAsk(process.argv[2])));
`;

const PACKAGE = { name: 'consumer', private: true, type: 'module' };

/** What a strict project without Node's types and without `skipLibCheck` says. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023', 'DOM'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  },
  files: ['consumer.ts'],
};

/**
 * A new project with this package, as `npm pack` makes it, and openapi-fetch, the one dependency
 * that the client has; nothing is downloaded.
 */
const newProject = async (): Promise<string> => {
  const project = await temporaryFolder();
  const modules = join(project, 'node_modules');
  await mkdir(modules);
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', project],
    { cwd: ROOT },
  );
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await run('tar', ['-xzf', join(project, filename), '-C', modules]);
  await rename(join(modules, 'package'), join(modules, 'heart-rate-metrics'));
  await symlink(join(ROOT, 'node_modules', 'openapi-fetch'), join(modules, 'openapi-fetch'));
  await Promise.all([
    writeFile(join(project, 'package.json'), JSON.stringify(PACKAGE)),
    writeFile(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG)),
    writeFile(join(project, 'consumer.ts'), CONSUMER),
    writeFile(join(project, 'main.js'), MAIN),
  ]);
  return project;
};

/** What the compiler says; empty when all is well. */
const compile = async (project: string, ...options: readonly string[]): Promise<string> => {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const compiler = run(process.execPath, [tsc, '-p', project, ...options]);
  return compiler.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
};

test('a new project compiles and runs what npm pack packs', { timeout: 240_000 }, async () => {
  const project = await newProject();
  const bundler = ['--noEmit', '--module', 'ESNext', '--moduleResolution', 'bundler'];
  expect(await compile(project, ...bundler)).toBe('');
  expect(await compile(project, '--module', 'NodeNext')).toBe('');

  const { stdout } = await run(process.execPath, ['main.js', server.url], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({
    user_id: 'consumer',
    data: [{ timestamp: '2024-01-15T10:00:00Z', heart_rate: 75, device_id: 'device_a' }],
    count: 1,
  });
});

/** What a fresh clone has after `npm ci`, and in it a file that an older version built. */
const freshClone = async (): Promise<string> => {
  const clone = await temporaryFolder();
  const { stdout } = await run(
    'git',
    ['ls-files', '-zco', '--exclude-standard', 'src', 'client', 'generated'],
    {
      cwd: ROOT,
    },
  );
  const files = stdout.split('\0').filter((file) => file !== '');
  for (const file of [...files, 'package.json', 'tsconfig.json', 'openapi.yaml']) {
    await cp(join(ROOT, file), join(clone, file));
  }
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  await mkdir(join(clone, 'dist', 'client', 'src'), { recursive: true });
  await writeFile(join(clone, 'dist', 'client', 'src', 'stale.js'), '');
  return clone;
};

test('npm pack in a fresh clone packs the code, and nothing stale', {
  timeout: 240_000,
}, async () => {
  const cwd = await freshClone();
  // What the build says comes before the list.
  const { stdout } = await run('npm', ['pack', '--json', '--dry-run', '--silent'], { cwd });
  const [{ files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [
    { files: { path: string }[] },
  ];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'dist/client/src/index.js',
      'dist/client/src/index.d.ts',
      'dist/src/main.js',
      'openapi.yaml',
    ]),
  );
  expect(paths).not.toContain('dist/client/src/stale.js');
});

test('the client uses nothing that browsers lack', { timeout: 120_000 }, async () => {
  const project = await temporaryFolder();
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      lib: ['ES2023', 'DOM'],
      types: [],
      noEmit: true,
      incremental: false,
      tsBuildInfoFile: null,
    },
    include: [],
    files: [join(ROOT, 'client', 'index.ts')],
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config));
  expect(await compile(project)).toBe('');
});
