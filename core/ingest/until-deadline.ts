import { isBusy } from '../storage/retrying.ts';

/**
 * The result of `work`; undefined when the deadline came first, by which it threw Throttled or
 * Conflict.
 */
export async function untilDeadline<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (cause) {
    if (!isBusy(cause)) throw cause;
    return undefined;
  }
}
