import { aggregate } from './aggregate.ts';
import { readFirstSnapshot } from './first-snapshot.ts';
import { readLanesBefore } from './lane-history.ts';
import type { Retention } from './resolution.ts';
import type { SampleStore } from './sample-store.ts';

const DAY_MS = 24 * 3_600_000;

/** What a site's edges counted in the 24 hours up to `now`; undefined before the first snapshot. */
export async function siteTrafficOfDay(
  store: SampleStore,
  { site_id, now, retention }: { site_id: string; now: number; retention: Retention },
): Promise<{ packets: bigint; bytes: bigint } | undefined> {
  const at = (before: number) => readLanesBefore(store, { before, now, retention });
  const [before, after] = await Promise.all([at(now - DAY_MS), at(now)]);
  if (!after) return undefined;
  // The readings of a day ago are gone: only a system that is younger counts from zero.
  if (!before && ((await readFirstSnapshot(store)) ?? now) <= now - DAY_MS) return undefined;
  return aggregate({
    before: before?.lanes ?? [],
    after: after.lanes,
    group_by: ['SITE'],
    filter: { site_id },
    order_by: 'BYTES',
    limit: 1,
  }).total;
}
