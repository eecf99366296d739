import { execFile } from 'node:child_process';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const NAME = 'heart-rate-metrics-client';

let server: TestServer;
let folder: string;
let tarball: string;
beforeAll(async () => {
  server = await openTestServer();
  folder = await mkdtemp(join(tmpdir(), 'heart-rate-package-'));
  const clone = join(folder, 'clone');
  await freshClone(clone);
  await run('npm', ['pack', '-w', 'client', '--pack-destination', folder], { cwd: clone });
  const packed = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  tarball = join(folder, packed ?? '');
}, 120_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Makes what a fresh clone has after `npm ci`, and in it files that an older version built. */
const freshClone = async (clone: string): Promise<void> => {
  const { stdout } = await run(
    'git',
    ['ls-files', '-zco', '--exclude-standard', 'src', 'client', 'generated'],
    { cwd: ROOT },
  );
  const files = stdout.split('\0').filter((file) => file !== '');
  for (const file of [...files, 'package.json', 'tsconfig.json', 'openapi.yaml']) {
    await cp(join(ROOT, file), join(clone, file));
  }
  await symlink(MODULES, join(clone, 'node_modules'));
  for (const dist of [join('dist', 'client', 'src'), join('client', 'dist')]) {
    await mkdir(join(clone, dist), { recursive: true });
    await writeFile(join(clone, dist, 'stale.js'), '');
  }
};

/** What the compiler checks, and what it compiles to runs. */
const CONSUMER = `
import { createHeartRateClient, HeartRateApiError, type Series } from '${NAME}';
import { fileStore } from '${NAME}/file-store';
import { indexedDbStore } from '${NAME}/indexed-db-store';
import { createReadingQueue, type QueueStore } from '${NAME}/queue';

export const inBrowsers = (): QueueStore => indexedDbStore('readings');

export const sendAndAsk = async (baseUrl: string, user: string): Promise<Series | null> => {
  const client = createHeartRateClient({ baseUrl });
  const reading = { user_id: user, device_id: 'device_a', heart_rate: 75 };
  await client.ingest({ ...reading, timestamp: '2024-01-15T10:00:00Z' });
  const refused = client.ingest({ ...reading, timestamp: 'yesterday' });
  await refused.catch((error: unknown) => {
    if (!(error instanceof HeartRateApiError) || error.problem.status !== 400) throw error;
  });
  // @ts-expect-error The contract has no such field.
  await client.ingest({ ...reading, timestamp: '2024-01-15T10:00:00Z', note: 'ignored' });
  const store = fileStore(\`\${user}.queue\`);
  const queue = createReadingQueue(client, { store, onError: console.error });
  await queue.add({ ...reading, timestamp: new Date('2024-01-15T10:01:00Z') });
  await queue.close();
  let exported = 0;
  for await (const { heart_rate } of client.export({ user_id: user })) exported += heart_rate;
  if (exported !== 150) throw new Error(\`exported \${exported}\`);
  const day = { start: '2024-01-15T00:00:00Z', end: '2024-01-16T00:00:00Z' };
  return client.query({ user_id: user, ...day });
};

const [, , baseUrl = '', user = ''] = process.argv;
sendAndAsk(baseUrl, user).then((series) => console.log(JSON.stringify(series)));
`;

/** A strict project without Node's types and without \`skipLibCheck\`. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023', 'DOM'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  },
};

/** A new project with the packed client and openapi-fetch; nothing is downloaded. */
const newProject = async (): Promise<string> => {
  const project = await temporaryFolder();
  const modules = join(project, 'node_modules');
  await mkdir(modules);
  await run('tar', ['-xzf', tarball, '-C', modules]);
  await rename(join(modules, 'package'), join(modules, NAME));
  await symlink(join(MODULES, 'openapi-fetch'), join(modules, 'openapi-fetch'));
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(project, 'node.d.ts'), 'declare const process: { argv: string[] };');
  return project;
};

/** What the compiler says; empty when all is well. */
const compile = async (project: string, files: string[], options: object): Promise<string> => {
  const config = { compilerOptions: { ...TSCONFIG.compilerOptions, ...options }, files };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config));
  const compiler = run(process.execPath, [
    join(MODULES, 'typescript', 'bin', 'tsc'),
    ...['-p', project],
  ]);
  return compiler.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
};

test.each([
  ['node16, an ES module', 'consumer.mts', 'consumer.mjs', { module: 'Node16' }],
  ['node16, CommonJS', 'consumer.cts', 'consumer.cjs', { module: 'Node16' }],
  ['nodenext, an ES module', 'consumer.mts', 'consumer.mjs', { module: 'NodeNext' }],
  ['nodenext, CommonJS', 'consumer.cts', 'consumer.cjs', { module: 'NodeNext' }],
  [
    'bundler',
    'consumer.ts',
    'consumer.js',
    { module: 'ESNext', moduleResolution: 'bundler', outDir: '.' },
  ],
  [
    'classic node',
    'consumer.cts',
    'consumer.cjs',
    { module: 'CommonJS', moduleResolution: 'node10', ignoreDeprecations: '5.0' },
  ],
])('a project that resolves as %s compiles and runs', { timeout: 120_000 }, async (...row) => {
  const [resolution, source, compiled, options] = row;
  const project = await newProject();
  await writeFile(join(project, source), CONSUMER);
  expect(await compile(project, [source, 'node.d.ts'], options)).toBe('');
  const { stdout } = await run(process.execPath, [compiled, server.url, resolution], {
    cwd: project,
  });
  expect(JSON.parse(stdout)).toEqual({
    user_id: resolution,
    data: [
      { timestamp: '2024-01-15T10:00:00Z', heart_rate: 75, device_id: 'device_a' },
      { timestamp: '2024-01-15T10:01:00Z', heart_rate: 75, device_id: 'device_a' },
    ],
    count: 2,
  });
});

test('the types are found, and are of what is found, whoever looks', {
  timeout: 120_000,
}, async () => {
  const attw = join(MODULES, '@arethetypeswrong', 'cli', 'dist', 'index.js');
  const { stdout } = await run(process.execPath, [attw, tarball, '--format', 'ascii']);
  expect(stdout).toContain('No problems found');
});

test('the package of the client is the built client and nothing of the service', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball]);
  const files = stdout.trim().split('\n');
  expect(files.filter((file) => !/^package\/(dist\/|LICENSE$|README\.md$)/.test(file))).toEqual([
    'package/package.json',
  ]);
  expect(files).not.toContain('package/dist/stale.js');
  const manifest = JSON.parse(await readFile(join(ROOT, 'client', 'package.json'), 'utf8'));
  expect(Object.keys(manifest.dependencies)).toEqual(['openapi-fetch']);
});

test('npm pack of the service in a fresh clone packs the code, and nothing stale', {
  timeout: 240_000,
}, async () => {
  const cwd = await temporaryFolder();
  await freshClone(cwd);
  // What the build says comes before the list.
  const { stdout } = await run('npm', ['pack', '--json', '--dry-run', '--silent'], { cwd });
  const [{ files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [
    { files: { path: string }[] },
  ];
  const paths = files.map(({ path }) => path);
  const needed = ['dist/src/main.js', 'openapi.yaml', 'src/http/guides/quick-start.md'];
  expect(paths).toEqual(expect.arrayContaining(needed));
  expect(paths).not.toContain('dist/client/src/stale.js');
});
