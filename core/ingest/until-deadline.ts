import { isBusy } from '../storage/retrying.ts';

/** The result of `work`; undefined if it threw Throttled or Conflict at the deadline. */
export async function untilDeadline<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (cause) {
    if (!isBusy(cause)) throw cause;
    return undefined;
  }
}
