import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** As much as two ranges of a merge; to collect after each would take twice the time. */
const MAX_RELEASED_BYTES = 40 * 1024 * 1024;

let collectGarbage: (() => void) | undefined;
let releasedBytes = 0;

/**
 * Notes that about so many bytes of Polars' frames are needed no longer, or soon will not be. A frame lies outside V8's
 * heap, and V8, which takes it for a few bytes, sees no reason to collect it: a merge of seven
 * million rows held 540 MB in the end. So garbage is collected here after every 40 MB, or `maxBytes`,
 * which takes some 15 ms. Not for the thread that serves requests.
 */
export const releaseFrames = (bytes: number, maxBytes = MAX_RELEASED_BYTES): void => {
  releasedBytes += bytes;
  if (releasedBytes < maxBytes) return;
  releasedBytes = 0;
  collectGarbage ??= garbageCollector();
  collectGarbage();
};

/** What a process has that was started with `--expose-gc`. */
const garbageCollector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
};
