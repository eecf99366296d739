import { type FileObserver, FileWatch, type FileWatchTimes } from '../file-watch.ts';
import { readKeyFile } from './key-file.ts';
import { type ApiKeys, KeyRing } from './key-ring.ts';

/** The keys of a file, as it is now. A file that is not valid leaves them as they were. */
export interface WatchedKeys {
  readonly keys: ApiKeys;
  readonly watch: FileWatch;
}

/** Rejects with a `KeyFileError` when the file is not valid to begin with. */
export const watchKeyFile = async (
  path: string,
  observer: FileObserver,
  times?: FileWatchTimes,
): Promise<WatchedKeys> => {
  const keys = new KeyRing();
  const load = async () => keys.replace(await readKeyFile(path));
  return { keys, watch: await FileWatch.start([path], load, observer, times) };
};
