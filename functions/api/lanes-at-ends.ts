import { NotFound } from '../../core/errors.ts';
import { type LanesAt, readLanesBefore } from '../../core/history/lane-history.ts';
import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import type { NetworkContext } from '../../core/network/network-context.ts';

/** The lanes at both ends of a range; `before` is undefined where nothing was sampled yet. @throws NotFound without an end */
export async function readLanesAtEnds(
  { client, tables }: NetworkContext,
  { from, to, now }: { from: number; to: number; now: number },
): Promise<{ before: LanesAt | undefined; after: LanesAt }> {
  const store = { client, table: tables.traffic };
  const lanesAt = (before: number) => readLanesBefore(store, { before, now, retention: DEFAULT_RETENTION });
  const [before, after] = await Promise.all([lanesAt(from), lanesAt(to)]);
  if (after) return { before, after };
  throw new NotFound('No snapshot was taken before the end of this range yet: ask for a later to.');
}
