export interface ChunkWork {
  /** How many values a chunk has. */
  size: number;
  /** How many chunks are worked on concurrently. */
  concurrency: number;
  /** No chunk begins after this has returned true. */
  stop: () => boolean;
}

/**
 * Cuts pages of values into chunks and calls `work` for each chunk. It reads a page only when the
 * next chunk needs it. After a failure no chunk begins, and the failure is thrown when every
 * running call has ended.
 *
 * @returns the rest that is no longer than a chunk, without having worked on it; undefined when it
 * was stopped
 */
export async function workInChunks<T>(
  pages: AsyncIterable<T[]>,
  { size, concurrency, stop }: ChunkWork,
  work: (chunk: T[]) => Promise<void>,
): Promise<T[] | undefined> {
  const chunks = takeChunks(pages, size);
  let rest: T[] | undefined;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (rest === undefined && !failed && !stop()) {
      const { value, done } = await chunks.next();
      if (!done) await work(value);
      // After the end next() returns undefined.
      else rest ??= value;
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: concurrency }, () =>
      worker().catch(cause => {
        failed = true;
        throw cause;
      }),
    ),
  );
  const failure = results.find(result => result.status === 'rejected');
  if (failure) throw failure.reason;
  return rest;
}

async function* takeChunks<T>(pages: AsyncIterable<T[]>, size: number): AsyncGenerator<T[], T[]> {
  let rest: T[] = [];
  for await (const page of pages) {
    rest.push(...page);
    while (rest.length > size) {
      yield rest.slice(0, size);
      rest = rest.slice(size);
    }
  }
  return rest;
}
