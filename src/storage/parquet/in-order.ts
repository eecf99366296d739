/**
 * What is made of each item, in their order, while the next ones are already in the making: at most
 * `ahead` at once. Ends only when none is in the making any more, also when it is ended early.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  make: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const inTheMaking: Promise<Result>[] = [];
  let next = 0;
  try {
    for (;;) {
      while (next < items.length && inTheMaking.length < ahead) {
        const made = make(items[next++] as Item);
        // One that fails is heard of when its turn comes, which may be later.
        made.catch(() => {});
        inTheMaking.push(made);
      }
      const first = inTheMaking.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.allSettled(inTheMaking);
  }
}
