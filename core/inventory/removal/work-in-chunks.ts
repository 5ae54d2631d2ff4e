export interface ChunkWork {
  /** Things a chunk. */
  size: number;
  /** Chunks under way at once. */
  concurrency: number;
  /** No chunk is begun once this is true. */
  stop: () => boolean;
}

/**
 * Cuts pages of things into chunks and works on these, reading on only as chunks are needed. The
 * first failure is thrown once all that runs has ended.
 *
 * @returns what doesn't fill a chunk at the end, or the last chunk when they come out even;
 * undefined when it was stopped
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
      // Later calls of next() after the end give undefined.
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
