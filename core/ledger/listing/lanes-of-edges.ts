import { atOnce } from '../../storage/at-once.ts';
import type { BatchGetOptions } from '../../storage/batch-get.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import { readLanesOfEdge } from '../figures/read-lanes.ts';
import type { WholeLane } from '../lane/lane-totals.ts';
import { findLanes, readNamedLanes } from './find-lanes.ts';

/**
 * Edges a site. Up to this many, a query each takes less time than the list and the lanes in it,
 * which are three calls one after the other.
 */
const FEW_EDGES = 32;

/** Edges that are read at the same time, a query each. */
const QUERIES_AT_ONCE = 64;

/**
 * The lanes of some edges, by edge id, read strongly. It reads these edges' lanes only, so the cost
 * does not depend on the size of the network. Where a site has many edges, their lanes are found in
 * its list and read in batches; parts that never reported from the sites are left out then. An edge
 * without a listed lane is read by itself: it may be registered at one site and report another.
 *
 * @param where.sites ids of the sites of the edges
 * @throws Throttled at the deadline · PackedDataUnreadable
 */
export async function readLanesOfEdges(
  store: BatchGetOptions,
  edges: Iterable<string>,
  where: { sites: Iterable<string> },
): Promise<Map<string, WholeLane[]>> {
  const [ids, sites] = [new Set(edges), new Set(where.sites)];
  const areMany = ids.size > FEW_EDGES * sites.size;
  const found = areMany ? await readListed(store, { ids, sites }) : new Map<string, WholeLane[]>();
  const left = [...ids].filter(id => !found.has(id));
  await atOnce(QUERIES_AT_ONCE, left, async id => {
    const read = () => readLanesOfEdge(store.client, { traffic: store.table }, id);
    found.set(id, await repeatUntil(store, read));
  });
  return found;
}

/** The edges' lanes in the lists of the sites; none while the lists are incomplete. */
async function readListed(
  store: BatchGetOptions,
  { ids, sites }: { ids: ReadonlySet<string>; sites: ReadonlySet<string> },
): Promise<Map<string, WholeLane[]>> {
  const listed = (await findLanes(store, { site_ids: [...sites] }))?.lanes ?? [];
  const ofEdges = listed.filter(({ edge_id }) => ids.has(edge_id));
  const lanes = await readNamedLanes(store, ofEdges, (_, cause) => {
    throw cause;
  });
  return Map.groupBy(lanes, ({ edge_id }) => edge_id);
}
