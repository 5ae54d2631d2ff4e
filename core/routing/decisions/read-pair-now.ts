import type { StoreContext } from '../../storage/store-context.ts';
import { readManyPathStates } from '../failover/path-states-store.ts';
import { readCurrentMetrics } from '../metrics/current-metrics.ts';
import { isRecent } from '../metrics/recent-metrics.ts';
import { readPathsBetween } from '../read-paths.ts';
import type { SitePair } from './read-candidates.ts';

/**
 * The paths between two sites with everything that decisions depend on, read strongly consistent
 * and without the caches.
 * @throws NotFound
 */
export async function readPairNow(
  context: StoreContext,
  sites: { source_site_id: string; destination_site_id: string },
): Promise<SitePair> {
  const paths = await readPathsBetween(context, sites);
  const ids = paths.map(path => path.id);
  const [states, metrics] = await Promise.all([
    readManyPathStates(context, ids),
    Promise.all(ids.map(id => readCurrentMetrics(context, id))),
  ]);
  const now = context.clock();
  return {
    paths,
    metrics: new Map(
      ids.map((id, index) => [id, isRecent(metrics[index], now) ? metrics[index] : undefined]),
    ),
    states: new Map(states.map(one => [one.path_id, one])),
  };
}
