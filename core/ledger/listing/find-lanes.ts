import { type BatchGetOptions, batchGet } from '../../storage/batch-get.ts';
import type { ItemKey } from '../../storage/item.ts';
import { readPartitions } from '../../storage/read-partitions.ts';
import { type DimensionFilter, idsOf, isFiltered, passes } from '../../totals/dimension-filter.ts';
import {
  type LaneItem,
  type OnUnreadable,
  readAllLanes,
  readLanesOfEdge,
  readWholeLanes,
} from '../figures/read-lanes.ts';
import { laneTotals, type WholeLane } from '../lane/lane-totals.ts';
import {
  endpointLanesPartition,
  laneBuckets,
  laneKey,
  parseLaneSortKey,
  siteLanesPartition,
} from '../lane-keys.ts';
import { listedSince } from './listing-state.ts';

/** Names a lane. */
export interface LaneName {
  edge_id: string;
  part: number;
}

/** The lanes that may pass a filter. */
export interface FoundLanes {
  lanes: LaneName[];
  /**
   * They are complete for readings from then on, milliseconds. In earlier readings other lanes may
   * have been at the site.
   */
  since: number;
}

/** An endpoint's lists cost 64 requests. For more endpoints, reading all lanes is cheaper. */
const MAX_ENDPOINTS = 4;

/**
 * A lane never ends and never loses a pair, so the lists of an endpoint are complete for all times.
 */
const EVER = 0;

/**
 * Finds the lanes that may pass a filter without reading the others: those of the edges that it
 * names, else those listed under the sites, else those listed under up to four endpoints. Undefined
 * if all lanes have to be read: the filter names none of these, or the lists aren't complete.
 *
 * @throws Throttled at the deadline
 */
export async function findLanes(
  store: BatchGetOptions,
  filter: DimensionFilter,
): Promise<FoundLanes | undefined> {
  const edges = idsOf(filter, 'edge_id');
  if (edges) return { lanes: await lanesOfEdges(store, edges), since: EVER };
  const sites = idsOf(filter, 'site_id');
  const endpoints = idsOf(filter, 'endpoint_id');
  if (!sites && (endpoints?.length ?? MAX_ENDPOINTS + 1) > MAX_ENDPOINTS) return undefined;
  const since = await listedSince({ ...store, tables: { traffic: store.table } });
  if (since === undefined) return undefined;
  if (sites) return { lanes: await readLists(store, sites.map(siteLanesPartition)), since };
  const partitions = endpoints!.flatMap(id =>
    laneBuckets().map(bucket => endpointLanesPartition(id, bucket)),
  );
  return { lanes: await readLists(store, partitions), since: EVER };
}

/**
 * The lanes that are now at one of the filter's sites, have counted for one of its endpoints and
 * are of one of its edges. They are read strongly and come in no particular order. Lanes that this
 * release can't read are left out.
 *
 * @throws Throttled at the deadline
 */
export async function* readLanesWhere(
  store: BatchGetOptions,
  filter: DimensionFilter,
): AsyncGenerator<WholeLane, void> {
  const found = await findLanes(store, filter);
  const tables = { traffic: store.table };
  const lanes = found
    ? await readNamedLanes(store, found.lanes)
    : readAllLanes(store.client, tables, { time: store });
  for await (const lane of lanes) if (matches(lane, filter)) yield lane;
}

/**
 * The existing ones of some lanes, read strongly and in batches, in no particular order.
 *
 * @param onUnreadable called for a lane that this release can't read; such a lane is left out
 * @throws Throttled at the deadline
 */
export async function readNamedLanes(
  store: BatchGetOptions,
  lanes: readonly LaneName[],
  onUnreadable?: OnUnreadable,
): Promise<WholeLane[]> {
  const items = await batchGet<StoredLane>(
    lanes.map(({ edge_id, part }) => laneKey(edge_id, part)),
    store,
  );
  const stored = items.map(({ sk, version, data }) => ({ ...parseLaneSortKey(sk), version, data }));
  return readWholeLanes(stored, { client: store.client, tables: { traffic: store.table } }, onUnreadable);
}

type StoredLane = ItemKey & Pick<LaneItem, 'version' | 'data'>;

function matches(lane: WholeLane, filter: DimensionFilter): boolean {
  const { edge_id, site_id } = lane;
  if (!passes(filter, { edge_id, site_id })) return false;
  if (!isFiltered(filter, 'endpoint_id')) return true;
  return laneTotals(lane).some(({ endpoint_id }) => passes(filter, { endpoint_id }));
}

async function lanesOfEdges(store: BatchGetOptions, edges: readonly string[]): Promise<LaneName[]> {
  const lanes = await Promise.all(
    edges.map(edge_id => readLanesOfEdge(store.client, { traffic: store.table }, edge_id)),
  );
  return lanes.flat().map(({ edge_id, part }) => ({ edge_id, part }));
}

/** The lanes of some lists, each once. */
async function readLists({ client, table }: BatchGetOptions, partitions: string[]): Promise<LaneName[]> {
  const lanes = new Map<string, LaneName>();
  for await (const { items } of readPartitions<ItemKey>(client, table, partitions)) {
    for (const { sk } of items) lanes.set(sk, parseLaneSortKey(sk));
  }
  return [...lanes.values()];
}
