/** Merges sorted streams into one sorted stream. All are read in parallel, one value ahead. */
export async function* mergeSorted<T>(
  streams: readonly AsyncIterable<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  const heads = await Promise.all(streams.map(stream => next(stream[Symbol.asyncIterator]())));
  const open = heads.filter(head => head !== undefined);
  while (open.length > 0) {
    const first = open.reduce((least, head) => (compare(head.value, least.value) < 0 ? head : least));
    yield first.value;
    const after = await next(first.iterator);
    open.splice(open.indexOf(first), 1, ...(after ? [after] : []));
  }
}

async function next<T>(
  iterator: AsyncIterator<T>,
): Promise<{ value: T; iterator: AsyncIterator<T> } | undefined> {
  const { done, value } = await iterator.next();
  return done ? undefined : { value, iterator };
}
