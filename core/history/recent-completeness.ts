import type { Completeness } from '../inventory/edges/completeness.ts';
import { readLastMark, type SampleStore } from './sample-store.ts';

/** Two snapshots may be missed or late before the lanes are asked instead. */
export const FRESH_MS = 150_000;

export interface CompletenessAt extends Completeness {
  /** When the lanes were read, milliseconds since the epoch. */
  as_of: number;
}

/** How much of the network the last snapshot heard from; `undefined` where it was taken over two and a half minutes ago. One small read. */
export async function readRecentCompleteness(
  store: SampleStore,
  { now }: { now: number },
): Promise<CompletenessAt | undefined> {
  const mark = await readLastMark(store, { resolution: 'MINUTE', before: now });
  if (!mark || mark.taken_at > now || mark.taken_at < now - FRESH_MS) return undefined;
  const { edges_expected, edges_heard, taken_at } = mark;
  return { edges_expected, edges_heard, as_of: taken_at };
}
