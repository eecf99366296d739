import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readKeyFile } from '../../../src/keys/key-file.ts';
import { watchKeyFile } from '../../../src/keys/watch-key-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { testKey } from '../../support/test-keys.ts';
import { openTestServer } from '../../support/test-server.ts';
import { JSON_TYPE, READING } from '../../support/test-service.ts';
import { heartRate } from '../heart-rate.ts';

const keys = async (...args: string[]) => heartRate('keys', ...args);

test('a key is made, shown once, works, is listed, and revoked while the service runs', async () => {
  const file = join(await temporaryFolder(), 'keys.json');
  const bounds = ['--user', 'user_123', '--device', 'device_a', '--note', 'a watch'];
  const made = await keys(
    'create',
    '--file',
    file,
    '--scope',
    'ingest',
    '--scope',
    'read',
    ...bounds,
  );
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('only time') });
  const token = made.stdout.trim();
  expect(token).toMatch(/^hr_[0-9a-f]{12}_[\w-]{43}$/);
  const [, id = '', secret = ''] = /^hr_([^_]+)_(.+)$/.exec(token) ?? [];
  expect(await readFile(file, 'utf8')).not.toContain(secret);

  const observer = { reloaded: () => undefined, failed: () => undefined };
  const watched = await watchKeyFile(file, observer, { intervalMs: 20 });
  const server = await openTestServer({ keys: watched.keys });
  onTestFinished(async () => {
    watched.watch.close();
    await server.close();
  });
  const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
  const send = () => server.post('/metrics/heart-rate', JSON.stringify(READING), headers);
  expect((await send()).status).toBe(200);

  const listed = await keys('list', '--file', file);
  expect(listed.stdout).toBe(
    `${id}  valid  ingest read  user user_123, device device_a  a watch\n`,
  );
  const json = await keys('list', '--file', file, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ keys: [{ id, users: ['user_123'] }] });
  expect(json.stdout).not.toMatch(/hash|secret/);

  expect(await keys('revoke', '--file', file, id)).toMatchObject({ code: 0 });
  await vi.waitFor(async () => expect((await send()).status).toBe(401), 5_000);
  expect((await keys('list', '--file', file)).stdout).toMatch(`${id}  revoked 20`);
});

test('export sends the key of its environment', async () => {
  const file = join(await temporaryFolder(), 'keys.json');
  const made = await keys(
    'create',
    '--file',
    file,
    '--scope',
    'ingest',
    '--scope',
    'read',
    '--json',
  );
  const { key } = JSON.parse(made.stdout) as { key: string };
  const observer = { reloaded: () => undefined, failed: () => undefined };
  const watched = await watchKeyFile(file, observer);
  const server = await openTestServer({ keys: watched.keys });
  onTestFinished(async () => {
    watched.watch.close();
    await server.close();
  });
  const headers = { ...JSON_TYPE, authorization: `Bearer ${key}` };
  await server.post('/metrics/heart-rate', JSON.stringify(READING), headers);
  const run = () => heartRate('export', '--user', 'user_123', '--url', server.url);
  expect(await run()).toMatchObject({ code: 1, stderr: expect.stringContaining('401') });
  vi.stubEnv('HEART_RATE_API_KEY', key);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('user_123') });
});

test('what a terminal would take for a command is shown as what it is', async () => {
  const file = join(await temporaryFolder(), 'keys.json');
  // By hand: keys create takes no such note.
  const { entry } = testKey({
    users: ['ann\u2028b'],
    devices: ['a\u2066b'],
    note: '\u001b[2Jx\u009b2J\n\u202ey 💓',
  });
  await writeFile(file, JSON.stringify({ keys: [entry] }));
  const listed = await keys('list', '--file', file);
  expect(listed.stdout).toBe(
    `${entry.id}  valid  ${entry.scopes.join(' ')}  user ann\\u2028b, device a\\u2066b  \\u001b[2Jx\\u009b2J\\u000a\\u202ey 💓\n`,
  );
  const { stdout } = await keys('list', '--file', file, '--json');
  expect(stdout).toMatch(/^[ -~💓]*\n$/u);
  expect(JSON.parse(stdout)).toMatchObject({ keys: [{ note: entry.note, users: entry.users }] });
});

test('what is said twice stands in the file once', async () => {
  const file = join(await temporaryFolder(), 'keys.json');
  const twice = ['--user', '--user-prefix', '--device'].flatMap((option) =>
    ['a', 'b', 'a'].flatMap((value) => [option, value]),
  );
  const made = await keys('create', '--file', file, '--scope', 'read', ...twice);
  expect(made).toMatchObject({ code: 0 });
  const [entry] = await readKeyFile(file);
  const bounds = ['a', 'b'];
  expect(entry).toMatchObject({ users: bounds, user_prefixes: bounds, devices: bounds });
});

const ID_RULE = 'must be 1 to 128 characters, none of them a control character';

test.each<[string, string[], string]>([
  ['--user', ['--user', 'a', '--user', 'a\nb'], `--user ${ID_RULE}, not "a\\nb".`],
  ['--user', ['--user', 'u'.repeat(129)], `--user ${ID_RULE}, not "${'u'.repeat(129)}".`],
  ['--user', ['--user', ''], `--user ${ID_RULE}, not "".`],
  ['--user-prefix', ['--user-prefix', '\u001b[2J'], `--user-prefix ${ID_RULE}, not "\\u001b[2J".`],
  ['--device', ['--device', 'a\u009b2J'], `--device ${ID_RULE}, not "a\\u009b2J".`],
  [
    '--device',
    Array.from({ length: 1001 }, (_, n) => ['--device', String(n)]).flat(),
    '--device must be at most 1000.',
  ],
  ['--note', ['--note', 'n'.repeat(5_000)], '--note must be at most 200 characters.'],
])(
  'a %s that the file may not have is refused in the words of the field, and no file is made',
  async (_, args, message) => {
    const file = join(await temporaryFolder(), 'keys.json');
    const { code, stdout, stderr } = await keys(
      'create',
      '--file',
      file,
      '--scope',
      'read',
      ...args,
    );
    expect([code, stdout, stderr]).toEqual([2, '', `${message}\n`]);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  },
);

test('a note of 200 characters is taken, however many bytes they have', async () => {
  const file = join(await temporaryFolder(), 'keys.json');
  const note = '💓'.repeat(200);
  const made = await keys('create', '--file', file, '--scope', 'read', '--note', note);
  expect(made).toMatchObject({ code: 0 });
  expect(await readKeyFile(file)).toMatchObject([{ note }]);
});

test.each([
  ['an option', ['create', '--scope', 'read', '--file', 'x', '--note', 'a\u001b[2J\u202eb']],
  ['a scope', ['create', '--scope', '\u001b[2J', '--file', 'x']],
  ['an id', ['revoke', '--file', 'FILE', '\u001b[2J']],
  ['a command', ['\u001b[2J']],
  ['an unknown option', ['create', '--\u001b[2J']],
])('%s is quoted without what a terminal would take for a command', async (_, args) => {
  const file = join(await temporaryFolder(), 'keys.json');
  await writeFile(file, '{"keys":[]}');
  const { code, stderr } = await keys(...args.map((arg) => (arg === 'FILE' ? file : arg)));
  expect(code).toBe(2);
  expect(stderr).toMatch(/^[ -~\n]*\\u001b\[2J[ -~\n]*$/);
});

test.each<[string, string[], RegExp]>([
  ['no scope', ['create', '--file', 'x'], /required option '--scope/],
  ['an unknown scope', ['create', '--file', 'x', '--scope', 'all'], /all is none of ingest, read/],
  ['no file', ['list'], /Set API_KEYS_FILE, or say --file/],
  [
    'a past expiry',
    ['create', '--file', 'x', '--scope', 'read', '--expires', '2020-01-01T00:00Z'],
    /has passed/,
  ],
  [
    'a note with control characters',
    ['create', '--file', 'x', '--scope', 'read', '--note', 'a\u001b[2Jb'],
    /must not have control characters/,
  ],
  [
    'a note that is shown backwards',
    ['create', '--file', 'x', '--scope', 'read', '--note', 'a\u202eb'],
    /must not have control characters/,
  ],
  [
    'a wrong option',
    ['create', '--scop', 'read'],
    /^error: unknown option '--scop'\n\(Did you mean --scope\?\)\n+\(heart-rate keys create --help tells how\)\n$/,
  ],
  ['a wrong command', ['lits'], /Did you mean list\?\)\n+\(heart-rate keys --help tells how\)/],
])('%s is a usage error', async (_, args, message) => {
  const { code, stdout, stderr } = await keys(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
