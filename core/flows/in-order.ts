/**
 * Works on the items concurrently, on at most `ahead` at once, and yields the results in the order
 * of the items.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<[Item, Result]> {
  const begun: Promise<Result>[] = [];
  for (const [index, item] of items.entries()) {
    while (begun.length < Math.min(items.length, index + ahead)) {
      const next = work(items[begun.length]!);
      // A failure is thrown when its result is due.
      next.catch(() => {});
      begun.push(next);
    }
    yield [item, await begun[index]!];
    delete begun[index];
  }
}
