/** Timers take no more (24.8 days): they end at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts. */
export const wait = (delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted(); // which rejects
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });

/**
 * Runs `task` with a signal that aborts after `timeoutMs` with a `TimeoutError`, or with the
 * reason of `signal` when that aborts first. Rejects at once with that same reason, whatever the
 * task makes of it: a `fetch` of the caller's may know nothing of signals.
 *
 * By hand rather than with `AbortSignal.any` and `AbortSignal.timeout`, because both stay
 * attached after the task has ended: a long-lived `signal` would collect one follower a call.
 */
export const withTimeout = async <T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  signal?.throwIfAborted();
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const detach = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const end = (reason: unknown): void => {
      detach();
      // First, so that what the task makes of the abort comes too late.
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = (): void => end(signal?.reason);
    const timer = setTimeout(
      () => end(new DOMException(`Nothing came in ${timeoutMs} ms`, 'TimeoutError')),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort);
    void task(controller.signal).finally(detach).then(resolve, reject);
  });
};
