import type { Completeness } from '../inventory/edges/completeness.ts';
import type { ReadGroups } from './reading.ts';
import { readLastMark, type SampleStore } from './sample-store.ts';

/** How much of the network a figure of history covers. */
export interface CompletenessAt extends Completeness {
  /** When the lanes were read, milliseconds since the epoch. */
  as_of: number;
  /** The groups of the figure's own reading, if it was taken in groups. */
  groups?: ReadGroups | undefined;
}

/**
 * How much of the network had reported at the last snapshot, of any age; `undefined` if there is
 * none yet. One small read.
 */
export async function readLastCompleteness(
  store: SampleStore,
  { now }: { now: number },
): Promise<CompletenessAt | undefined> {
  const mark = await readLastMark(store, { resolution: 'MINUTE', before: now });
  if (!mark) return undefined;
  const { edges_expected, edges_heard, taken_at, groups } = mark;
  return { edges_expected, edges_heard, as_of: taken_at, groups };
}
