/**
 * Does something with each of the items, so many at a time, and resolves with the results in the
 * order of the items. After a failure no further one is begun, and it rejects when those under way
 * have settled: nothing goes on behind the caller's back.
 */
export const inParallel = async <Item, Result>(
  atOnce: number,
  items: readonly Item[],
  perform: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  const rest = items.entries();
  let failed = false;
  const work = async () => {
    for (const [i, item] of rest) {
      if (failed) return;
      try {
        results[i] = await perform(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: atOnce }, work));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  return results;
};
