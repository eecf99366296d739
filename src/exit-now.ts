import { setTimeout as sleep } from 'node:timers/promises';
import { endThreads, isAnyThreadLoading } from './storage/worker-calls.ts';

const CHECK_INTERVAL_MS = 10;
/** For threads and files that are in use to let go. */
const GRACE_MS = 1_000;

/** What Node calls requests that the system may take for ever to answer: of files, and of names. */
const OF_THREAD_POOL = /^(FSReq|CloseReq|GetAddrInfoReq|GetNameInfoReq)/;

const isPoolInUse = (): boolean =>
  process.getActiveResourcesInfo().some((name) => OF_THREAD_POOL.test(name));

/**
 * Ends the process with this code, within a second or, while a thread loads, within
 * `loadingGraceMs`. `process.exit` waits for all threads, also for one that the system has not
 * answered, as with a disk or a server that hangs, and nothing runs any more meanwhile, no timer and
 * no signal's handler. With such a thread `beforeKill` is called, and the process is killed.
 */
export const exitNow = async (
  code: number,
  loadingGraceMs: number,
  beforeKill: () => void,
): Promise<never> => {
  const startMs = performance.now();
  let haveThreadsEnded = false;
  void endThreads().then(() => {
    haveThreadsEnded = true;
  });
  while (!haveThreadsEnded || isPoolInUse()) {
    const graceMs = isAnyThreadLoading() ? loadingGraceMs : GRACE_MS;
    if (performance.now() - startMs > graceMs) {
      beforeKill();
      process.kill(process.pid, 'SIGKILL');
      // The system spares the first process of a container any signal of its own, but not this.
      process.abort();
    }
    await sleep(CHECK_INTERVAL_MS);
  }
  return process.exit(code);
};
