import { type LanesAt, readLanesAtEnds } from '../../core/history/lane-history.ts';
import type { KeptAsOf } from '../../core/history/resolution.ts';
import type { BatchGetOptions } from '../../core/storage/batch-get.ts';

/**
 * The lanes at the last snapshot at or before an instant; undefined if no such snapshot is stored.
 */
export async function readLanesBefore(
  store: BatchGetOptions,
  { before, ...kept }: KeptAsOf & { before: number },
): Promise<LanesAt | undefined> {
  return (await readLanesAtEnds(store, { from: before, to: before, ...kept })).after;
}
