import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageFileUrl } from '../../src/package-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const textOf = (path: string) => readFile(packageFileUrl(path), 'utf8');
const UNIT = 'deploy/systemd/heart-rate.service';
const DOCKERFILE = 'deploy/docker/Dockerfile';
const ALLOCATOR = /MALLOC_\w+=\d+/g;
/** On a scale of 0 to 10, in tenths; what is left is the network, V8's compiler and the like. */
const MOST_EXPOSED = 15;

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test('the unit and the image set the variables of glibc that npm start sets', async () => {
  const { scripts } = JSON.parse(await textOf('package.json'));
  const expected = scripts.start.match(ALLOCATOR);
  expect(expected).toHaveLength(3);
  expect((await textOf(UNIT)).match(ALLOCATOR)).toEqual(expected);
  expect((await textOf(DOCKERFILE)).match(ALLOCATOR)).toEqual(expected);
});

test('the image has all that the package has', async () => {
  const { files } = JSON.parse(await textOf('package.json'));
  const dockerfile = await textOf(DOCKERFILE);
  const copied = [
    ...(dockerfile.split('\nFROM ').at(-1) ?? '').matchAll(/^COPY (?:--\S+ )*(.+) \S+$/gm),
  ];
  const sources = copied.flatMap(([, names = '']) => names.split(' '));
  for (const file of files) {
    expect(sources.map((name) => name.replace(/^\/app\//, ''))).toContain(file);
  }
  expect(dockerfile).toMatch(/^USER 10001:10001$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
});

const unitText = async (): Promise<string> =>
  // It looks whether the program is there.
  (await textOf(UNIT))
    .replace('/usr/bin/node', process.execPath)
    .replaceAll('/opt/heart-rate', import.meta.dirname);

test('the user that owns the files of keys is the one that the unit runs as', async () => {
  const [, user = ''] = /^User=(.+)$/m.exec(await textOf(UNIT)) ?? [];
  expect(user).toBe('heart-rate');
  const line = new RegExp(`^u ${user} - ".+"$`, 'm');
  expect(await textOf('deploy/systemd/heart-rate.sysusers.conf')).toMatch(line);
});

test.skipIf(!hasSystemd)('systemd takes the drop-in with credentials', async () => {
  const unit = await unitText();
  const [, dropIn = ''] = /drop-in.*\n((?:# {3}.*\n)+)/.exec(unit) ?? [];
  const settings = dropIn.replaceAll(/^# {3}/gm, '');
  expect(settings.match(/^LoadCredential=/gm)).toHaveLength(3);
  const file = join(await temporaryFolder(), 'heart-rate.service');
  await writeFile(file, `${unit}\n${settings}`);
  const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
  expect(verified).toMatchObject({ status: 0, stderr: '' });
});

test.skipIf(!hasSystemd)(
  'systemd takes the unit as it is, and finds it well enclosed',
  async () => {
    const unit = await unitText();
    const file = join(await temporaryFolder(), 'heart-rate.service');
    await writeFile(file, unit);
    const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    expect(verified).toMatchObject({ status: 0, stderr: '' });
    const args = ['security', '--offline=true', `--threshold=${MOST_EXPOSED}`, file];
    const security = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect(security.status, security.stdout).toBe(0);
  },
);
