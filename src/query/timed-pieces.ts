/**
 * The same pieces, of which `took` is told how long each was waited for, in milliseconds. The time
 * in which nobody asks for one, as when a client reads slowly, does not count.
 */
export async function* timedPieces<T>(
  pieces: AsyncGenerator<T>,
  took: (durationMs: number) => void,
): AsyncGenerator<T> {
  try {
    for (;;) {
      const startMs = performance.now();
      const { done, value } = await pieces.next();
      took(performance.now() - startMs);
      if (done) return;
      yield value;
    }
  } finally {
    await pieces.return(undefined);
  }
}
