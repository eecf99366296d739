import { dirname, resolve } from 'node:path';
import { zHeartRate } from '../../../generated/zod/zod.gen.ts';
import { isThere } from '../../is-there.ts';
import { type MoveOptions, moveToCluster } from '../../migration/move-to-cluster.ts';
import { moveToFolder } from '../../migration/move-to-folder.ts';
import { BEGINNING, type MigrationState } from '../../migration/run-migration.ts';
import { OtherMigrationError } from '../../migration/work-folder.ts';
import { readSettings, SettingsError } from '../../settings.ts';
import { formatFile } from '../../storage/parquet/disk/layout.ts';
import { plainlyOfCluster } from '../cluster-mistakes.ts';
import { countText } from '../count-text.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { showProgress } from '../show-progress.ts';
import { migrationProgressLine } from './progress-line.ts';

type Environment = Parameters<typeof readSettings>[0];

const isCluster = (store: string): boolean => store.startsWith('cassandra://');

/** From which of the two to which, and how. */
interface Direction {
  readonly cluster: string;
  readonly folder: string;
  readonly isToCluster: boolean;
}

const directionOf = async (from: string, to: string): Promise<Direction> => {
  if (isCluster(from) === isCluster(to)) {
    throw new UsageError(
      isCluster(from)
        ? 'Between clusters their own tools move tables.'
        : 'One of --from and --to must be a cluster; heart-rate backup copies a folder.',
    );
  }
  const isToCluster = isCluster(to);
  const [cluster, folder] = isToCluster ? [to, resolve(from)] : [from, resolve(to)];
  const reason = isToCluster ? await whyNotTake(folder) : await whyNotMake(folder);
  if (reason !== undefined) throw new UsageError(`Cannot migrate: ${reason}`);
  return { cluster, folder, isToCluster };
};

const whyNotTake = async (folder: string): Promise<string | undefined> =>
  (await isThere(formatFile(folder))) ? undefined : `${folder} is no data folder`;

const whyNotMake = async (folder: string): Promise<string | undefined> => {
  if (await isThere(folder)) return `${folder} is there already`;
  return (await isThere(dirname(folder))) ? undefined : `${dirname(folder)} is not there`;
};

const settingsOf = (environment: Environment, cluster: string) => {
  try {
    // What else the service is set to, where it listens and whom it asks, is nothing to this.
    const settings = readSettings({ ...environment, STORE: cluster, HOST: '127.0.0.1' });
    if (settings.cassandra === undefined) throw new Error(`${cluster} is no cluster`);
    return { ...settings, cassandra: settings.cassandra };
  } catch (error) {
    throw error instanceof SettingsError ? new UsageError(error.message) : error;
  }
};

const summaryOf = ({ outcome, compared, different }: MigrationState): string => {
  const { readings, moved, there, superseded, missing } = outcome;
  const lines = [
    `${countText(readings)} readings at the source`,
    `${countText(moved)} moved, and read back the same`,
    `${countText(there)} were there already`,
    `${countText(superseded)} stand as the target accepted them itself`,
    `${countText(missing)} are not there: erased at the target, or lost`,
    `${countText(compared)} series compared, ${countText(different)} differ`,
  ];
  return lines.map((line) => `${line}\n`).join('');
};

/** Rejects with a {@link UsageError} when it cannot be begun, and with another error when it failed. */
export const migrate = async (
  from: string,
  to: string,
  environment: Environment,
): Promise<ExitCode> => {
  const { minValue, maxValue } = zHeartRate;
  if (minValue === null || maxValue === null) throw new Error('the contract has no bounds');
  const { cluster, folder, isToCluster } = await directionOf(from, to);
  const { cassandra, retentionDays, devicePriorities } = settingsOf(environment, cluster);
  let [state, share] = [BEGINNING, 0];
  let resumedAfter: number | undefined;
  const startedMs = performance.now();
  const options: MoveOptions = {
    ...{ dataDir: folder, settings: cassandra, retentionDays, devicePriorities },
    from: isToCluster ? folder : cluster,
    to: isToCluster ? cluster : folder,
    heartRates: { min: minValue, max: maxValue },
    onProgress: (now, nowShare) => {
      resumedAfter ??= now.outcome.readings;
      [state, share] = [now, nowShare];
    },
  };
  const line = () =>
    migrationProgressLine(state, {
      ...{ share, resumedAfter: resumedAfter ?? 0, elapsedMs: performance.now() - startedMs },
    });
  try {
    const done = await showProgress(
      () => (isToCluster ? moveToCluster(options) : moveToFolder(options)),
      line,
      process.stderr,
    );
    process.stdout.write(summaryOf(done));
    return done.outcome.missing + done.different > 0 ? EXIT.failed : EXIT.ok;
  } catch (error) {
    throw error instanceof OtherMigrationError
      ? new UsageError(error.message)
      : plainlyOfCluster(error);
  }
};
