/**
 * Cuts pages of things into chunks of `size`, reading on only when more are asked for. What doesn't fill a chunk at the
 * end is the generator's return value, and so are the last `size` when they come out even.
 */
export async function* takeChunks<T>(pages: AsyncIterable<T[]>, size: number): AsyncGenerator<T[], T[]> {
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

/**
 * Works on a generator's chunks, `concurrency` at a time, until it ends or `stop` says so. The first failure is thrown
 * once all that runs has ended.
 *
 * @returns the generator's return value; undefined when it was stopped
 */
export async function workThrough<T, R>(
  chunks: AsyncGenerator<T, R>,
  { concurrency, stop }: { concurrency: number; stop: () => boolean },
  work: (chunk: T) => Promise<void>,
): Promise<R | undefined> {
  let rest: { value: R } | undefined;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && !stop()) {
      const next = await chunks.next();
      if (next.done) {
        // Later calls of next() after the end give undefined.
        rest ??= { value: next.value };
        return;
      }
      await work(next.value);
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
  return rest?.value;
}
