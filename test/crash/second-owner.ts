import { spawnSync } from 'node:child_process';
import { ServiceProcess } from './service-process.ts';

/** What makes a process see no network of ours, as in a container; nothing where that is not allowed. */
const OWN_NETWORK = ['unshare', '--net'];
const canUnshare = spawnSync(OWN_NETWORK[0] as string, ['--net', 'true']).status === 0;
/** A new network has no loopback that is up, but any address may be listened on. */
const LISTENING_THERE = { HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true' };

export const SECOND_OWNERS = canUnshare
  ? (['beside', 'own network'] as const)
  : (['beside'] as const);

/**
 * Starts the service once more on a folder that has an owner. What is wrong with what it did: it
 * must end of itself, and say that the folder is in use.
 */
export const startSecondOwner = async (
  dataDir: string,
  where: (typeof SECOND_OWNERS)[number],
): Promise<string[]> => {
  const second =
    where === 'beside'
      ? new ServiceProcess(dataDir)
      : new ServiceProcess(dataDir, LISTENING_THERE, OWN_NETWORK);
  const becameOwner = second.ready().then(
    () => true,
    () => false,
  );
  const isOwner = await becameOwner;
  if (isOwner) await second.kill();
  const code = await second.ended();
  if (isOwner) return [`a second process (${where}) took the folder`];
  const isRefusal = code === 1 && second.complaints.some((line) => /in use/.test(line));
  return isRefusal ? [] : [`a second process (${where}) ended ${code}: ${second.complaints}`];
};
