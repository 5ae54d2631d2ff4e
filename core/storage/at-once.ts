/**
 * Works on all items, several at the same time, each as soon as one before it is done.
 *
 * @param limit the largest number of items that are worked on at the same time
 * @throws the first error of `work`; the others are worked on until their own error, in the
 *   background, or until the next item if a generator makes the items
 */
export async function atOnce<T>(
  limit: number,
  items: Iterable<T>,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  // The iterators of arrays, sets, maps and generators can be iterated by several loops.
  const left = items[Symbol.iterator]() as IterableIterator<T>;
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
