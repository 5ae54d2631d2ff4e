import { NotFound } from '../../core/errors.ts';
import { type LanesAt, readLanesBefore } from '../../core/history/lane-history.ts';
import type { Call } from './resolver.ts';

/** The lanes at both ends of a range; `before` is undefined where nothing was sampled yet. @throws NotFound without an end */
export async function readLanesAtEnds(
  { context: { client, tables }, retention }: Pick<Call, 'context' | 'retention'>,
  { from, to, now }: { from: number; to: number; now: number },
): Promise<{ before: LanesAt | undefined; after: LanesAt }> {
  const store = { client, table: tables.traffic };
  const lanesAt = (before: number) => readLanesBefore(store, { before, now, retention });
  const [before, after] = await Promise.all([lanesAt(from), lanesAt(to)]);
  if (after) return { before, after };
  throw new NotFound('No snapshot was taken before the end of this range yet: ask for a later to.');
}
