import { Conflict, Throttled } from '../errors.ts';

/** The result of `work`; undefined when the deadline came first, by which it threw Throttled or Conflict. */
export async function untilDeadline<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof Throttled || cause instanceof Conflict) return undefined;
    throw cause;
  }
}
