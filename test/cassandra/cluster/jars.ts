import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));

/** Kept outside the repository, so that a fresh clone does not fetch 67 MB anew. */
const cacheFolder = (): string =>
  process.env.CASSANDRA_CACHE || join(homedir(), '.cache', 'heart-rate-cassandra');

const outputOf = async (command: string, args: string[]): Promise<string> => {
  try {
    const { stdout, stderr } = await run(command, args);
    return stdout + stderr;
  } catch (error) {
    // Not installed: what there is to say of it is that it says nothing.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
};

/** Why no cluster can be started on this machine; undefined when one can. */
export const whyNoCassandra = async (): Promise<string | undefined> => {
  if (platform() !== 'linux') return 'the addresses 127.0.0.2 and on are there on Linux only';
  if (!/version "(17|11)\./.test(await outputOf('java', ['-version']))) {
    return 'there is no Java 17 (apt-get install openjdk-17-jre-headless)';
  }
  if ((await outputOf('mvn', ['-v'])) === '') return 'there is no Maven (apt-get install maven)';
  return undefined;
};

/** The folder with Cassandra's jars, fetched from Maven Central the first time. */
export const cassandraJars = async (): Promise<string> => {
  const version = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheFolder(), version);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const temporary = await mkdtemp(join(cacheFolder(), 'fetching-'));
  try {
    // Maven writes beside the file that it is given.
    await cp(POM, join(temporary, 'pom.xml'));
    await run('mvn', [
      ...['-B', '-q', '-f', join(temporary, 'pom.xml')],
      ...['dependency:copy-dependencies', '-DincludeScope=runtime'],
      `-DoutputDirectory=${join(temporary, 'lib')}`,
    ]);
    // Whole or not at all; who comes second takes what the first has put there.
    await rename(join(temporary, 'lib'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
};
