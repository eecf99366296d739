import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startScriptedServer } from '../support/scripted-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { heartRate, startHeartRate } from './heart-rate.ts';

vi.setConfig({ testTimeout: 60_000 });

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMANDS = [
  'serve',
  'import',
  'export',
  'generate-data',
  'verify',
  'backup',
  'bench',
  'keys',
  'migrate-schema',
];

test('one help names every command and the exit codes', async () => {
  const { code, stdout, stderr } = await heartRate('--help');
  expect([code, stderr]).toEqual([0, '']);
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(stdout).toContain('Ends with 0 when all is well, 1');
});

test.each(['serve', 'import', 'export', 'generate-data', 'verify', 'backup', 'migrate-schema'])(
  '%s explains itself',
  async (command) => {
    const { code, stdout } = await heartRate(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: heart-rate ${command} `));
    expect(await heartRate('help', command)).toMatchObject({ code: 0, stdout });
  },
);

test('help of a command below another is its own', async () => {
  const { code, stdout } = await heartRate('keys', 'create', '--help');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: heart-rate keys create /)]);
  expect(await heartRate('help', 'keys', 'create')).toMatchObject({ code: 0, stdout });
  expect(await heartRate('keys', 'help', 'create')).toMatchObject({ code: 0, stdout });
});

test.each([
  ['help of an unknown command', ['help', 'foo'], /^error: unknown command 'foo'\n\(heart-rate --/],
  ['help of one below', ['help', 'keys', 'foo'], /unknown command 'foo'\n\(heart-rate keys --/],
  ['an unknown command', ['imports'], /unknown command 'imports'/],
  ['no command', [], /Usage: heart-rate/],
  [
    'an unknown option',
    ['export', '--user', 'u', '--fromat', 'csv'],
    /unknown option '--fromat'[\s\S]*heart-rate export --help/,
  ],
  [
    'one that is misspelt',
    ['export', '--usr', 'u'],
    /unknown option '--usr'\n\(Did you mean --user/,
  ],
  ['a missing option', ['import', 'file.csv'], /required option '--user <id>' not specified/],
  ['no file', ['import', '--user', 'u'], /missing required argument 'file'/],
  ['a URL that is none', ['export', '--user', 'u', '--url', 'localhost:8000'], /http or https/],
  ['a format that is none', ['export', '--user', 'u', '--format', 'xls'], /ndjson, csv/],
  ['a time that is none', ['export', '--user', 'u', '--start', 'today'], /must be a timestamp/],
  ['a map without =', ['import', 'f', '--user', 'u', '--device-map', 'a'], /NAME=VALUE/],
  ['an unknown role', ['import', 'f', '--user', 'u', '--column', 'x=y'], /one of time, heart_rate/],
  ['a port that is none', ['serve', '--port', 'http'], /PORT must be a whole number/],
  ['a backup to nowhere', ['backup'], /missing required argument 'target'/],
  ['no cluster', ['migrate-schema'], /Which cluster\? Set STORE to cassandra:/],
  ['a second folder', ['verify', 'one', 'two'], /too many arguments/],
])('%s is a usage error', async (_, args, message) => {
  const { code, stdout, stderr } = await heartRate(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test.each([['backup', 'target'], ['verify']])('%s does not apply to a cluster', async (...args) => {
  vi.stubEnv('STORE', 'cassandra://127.0.0.1:1/hr?dc=dc1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { code, stdout, stderr } = await heartRate(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('does not apply to the Cassandra cluster of STORE');
});

test('a backup is not for other users of the machine, whatever the usual umask', async () => {
  const parent = await temporaryFolder();
  const [data, target] = [join(parent, 'data'), join(parent, 'backup')];
  await cp(join(ROOT, 'test/fixtures/data-v3'), data, { recursive: true });
  const umask = process.umask(0o022);
  const made = heartRate('backup', target, data);
  process.umask(umask);
  expect(await made).toMatchObject({ code: 0 });
  const names = await readdir(target, { recursive: true, withFileTypes: true });
  const folders = names.filter((entry) => entry.isDirectory());
  // What is not written anew is as it is in the data folder.
  const log = names.filter(({ name }) => name.endsWith('.jsonl'));
  expect(log.length).toBeGreaterThan(0);
  const paths = [...folders, ...log].map(({ parentPath, name }) => join(parentPath, name));
  for (const path of [target, ...paths]) {
    expect([path, (await stat(path)).mode & 0o007]).toEqual([path, 0]);
  }
});

test('serve: options stand for variables, and SIGTERM ends it in order', async () => {
  const data = join(await temporaryFolder(), 'data');
  const { child, ended } = startHeartRate('serve', '--port', '0', '--data', data);
  onTestFinished(() => void child.kill('SIGKILL'));
  const log = await new Promise<string>((resolve) => {
    let text = '';
    child.stdout?.on('data', (more: string) => {
      text += more;
      if (text.includes('"ready"')) resolve(text);
    });
  });
  expect(log).toContain(JSON.stringify(data));
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test('installed elsewhere: it runs, and bench says that it needs a clone', async () => {
  const folder = join(await temporaryFolder(), 'heart-rate-metrics');
  await mkdir(folder);
  for (const part of ['dist', 'package.json', 'generated/openapi.json', 'openapi.yaml']) {
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const main = join(folder, 'dist', 'src', 'cli', 'main.js');
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [main, '--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const bench = run(process.execPath, [main, 'bench', '--quick']);
  await expect(bench).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('works in a clone of the repository alone'),
  });
});

test('export to standard output: all of it, and no word when the reader goes', async () => {
  const line = `${'x'.repeat(99)}\n`;
  const { baseUrl } = await startScriptedServer((response) => {
    response.end(line.repeat(100_000));
  });
  const args = ['export', '--user', 'u', '--url', baseUrl];
  const whole = startHeartRate(...args);
  const { code, stdout, stderr } = await whole.ended;
  expect([code, stdout.length, stderr]).toEqual([0, 10_000_000, '']);
  const left = startHeartRate(...args);
  left.child.stdout?.once('data', () => left.child.stdout?.destroy());
  const end = await left.ended;
  expect(end.code).toBe(1);
  expect(end.stderr).toBe('');
});

test('bench: its own options are checked by itself', async () => {
  const { code, stdout } = await heartRate('bench', '--help');
  expect(code).toBe(0);
  expect(stdout).toContain('--soak-minutes');
});
