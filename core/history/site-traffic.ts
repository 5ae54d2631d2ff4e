import type { BatchGetOptions } from '../storage/batch-get.ts';
import { aggregate } from './aggregate.ts';
import { readLanesAtEnds } from './lane-history.ts';
import type { Retention } from './resolution.ts';

const DAY_MS = 24 * 3_600_000;

/** The counts of a site's edges in the 24 hours up to `now`; undefined before a first snapshot. */
export async function siteTrafficOfDay(
  store: BatchGetOptions,
  { site_id, now, retention }: { site_id: string; now: number; retention: Retention },
): Promise<{ packets: bigint; bytes: bigint } | undefined> {
  const { before, after, lost } = await readLanesAtEnds(store, {
    from: now - DAY_MS,
    to: now,
    filter: { site_id },
    now,
    retention,
  });
  // Without readings of a day ago, a system that is younger than that counts from zero.
  if (!after || lost) return undefined;
  return aggregate({
    before: before?.lanes ?? [],
    after: after.lanes,
    group_by: ['SITE'],
    filter: { site_id },
    order_by: 'BYTES',
    limit: 1,
  }).total;
}
