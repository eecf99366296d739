/**
 * The same values, each asked for when the one before it is taken. Ended early, it ends the source
 * once that has made what it was asked for last.
 */
export async function* readAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = source.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = source.next();
      // A failure is heard of when its turn comes, which may be later.
      next.catch(() => {});
      yield value;
    }
  } finally {
    // Behind what is under way: a generator does one thing after the other.
    await source.return(undefined);
  }
}
