/** Elapsed time of some work, in milliseconds. */
export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** CPU time of this process for some work, in milliseconds. */
export async function cpuMilliseconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The median; for an even number of values, the higher one in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Live heap after a collection, bytes. */
export function liveHeapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
