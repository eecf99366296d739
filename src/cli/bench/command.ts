import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { packageFileUrl } from '../../package-file.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';

const BENCH = 'test/bench/main.ts';

const run = async (args: readonly string[]): Promise<ExitCode> => {
  if (!existsSync(packageFileUrl(BENCH))) {
    throw new UsageError(
      'bench works in a clone of the repository alone: what it measures with is no part of the ' +
        'installed package.',
    );
  }
  const child = spawn(process.execPath, ['--import', 'tsx', BENCH, ...args], {
    cwd: fileURLToPath(packageFileUrl('.')),
    stdio: 'inherit',
  });
  // The terminal tells the child as well, which ends what it started; this process waits for it.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const [code] = await once(child, 'close');
  process.off('SIGINT', ignore);
  if (code === 0) return EXIT.ok;
  return code === EXIT.usage ? EXIT.usage : EXIT.failed;
};

/** The options are those of the bench itself, `--help` too. */
export const benchCommand = (end: (code: ExitCode) => void): Command =>
  new Command('bench')
    .summary('measure the service, in a clone of the repository')
    .description(
      'Measures this machine and the built service. Its options: bench --help, in a clone.',
    )
    .argument('[options...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[]) => end(await run(args)));
