import { type BatchGetOptions, batchGet } from '../../storage/batch-get.ts';
import type { ItemKey } from '../../storage/item.ts';
import { readPartitions } from '../../storage/read-partitions.ts';
import { type LaneItem, readAllLanes, readLanesOfEdge, readWholeLanes } from '../figures/read-lanes.ts';
import { laneTotals, type WholeLane } from '../lane/lane-totals.ts';
import {
  endpointLanesPartition,
  laneBuckets,
  laneKey,
  parseLaneSortKey,
  siteLanesPartition,
} from '../lane-keys.ts';
import { listedSince } from './listing-state.ts';

/** What a reader wants lanes of; all that is given must hold. */
export interface LaneFilter {
  site_id?: string | undefined;
  endpoint_id?: string | undefined;
  edge_id?: string | undefined;
}

/** Which lane. */
export interface LaneName {
  edge_id: string;
  part: number;
}

/** The lanes that a filter may leave. */
export interface FoundLanes {
  lanes: LaneName[];
  /** They are all that it leaves in readings from then on, milliseconds; in earlier ones others may have been at the site. */
  since: number;
}

/** A lane never ends, and a pair never leaves it: who has counted for an endpoint is found for all times. */
const EVER = 0;

/**
 * The lanes that a filter may leave, without reading the others: those of the edge, else those listed under the site, else those
 * listed under the endpoint. Undefined where all lanes have to be looked at: nothing is filtered, or the lists aren't complete.
 *
 * @throws Throttled at the deadline
 */
export async function findLanes(
  store: BatchGetOptions,
  { edge_id, site_id, endpoint_id }: LaneFilter,
): Promise<FoundLanes | undefined> {
  if (edge_id !== undefined) {
    const lanes = await readLanesOfEdge(store.client, { traffic: store.table }, edge_id);
    return { lanes: lanes.map(({ part }) => ({ edge_id, part })), since: EVER };
  }
  if (site_id === undefined && endpoint_id === undefined) return undefined;
  const since = await listedSince({ ...store, tables: { traffic: store.table } });
  if (since === undefined) return undefined;
  if (site_id !== undefined) return { lanes: await readList(store, [siteLanesPartition(site_id)]), since };
  const partitions = laneBuckets().map(bucket => endpointLanesPartition(endpoint_id!, bucket));
  return { lanes: await readList(store, partitions), since: EVER };
}

/**
 * The lanes that are at a site, have counted for an endpoint and are of an edge, as they are now, read strongly; in no order. Lanes that
 * this release can't read are left out.
 *
 * @throws Throttled at the deadline
 */
export async function* readLanesWhere(
  store: BatchGetOptions,
  filter: LaneFilter,
): AsyncGenerator<WholeLane, void> {
  const found = await findLanes(store, filter);
  const tables = { traffic: store.table };
  const lanes = found ? readNamed(store, found.lanes) : readAllLanes(store.client, tables, { time: store });
  for await (const lane of lanes) if (matches(lane, filter)) yield lane;
}

async function* readNamed(
  store: BatchGetOptions,
  lanes: readonly LaneName[],
): AsyncGenerator<WholeLane, void> {
  const items = await batchGet<StoredLane>(
    lanes.map(({ edge_id, part }) => laneKey(edge_id, part)),
    store,
  );
  const stored = items.map(({ sk, version, data }) => ({ ...parseLaneSortKey(sk), version, data }));
  yield* await readWholeLanes(stored, { client: store.client, tables: { traffic: store.table } });
}

type StoredLane = ItemKey & Pick<LaneItem, 'version' | 'data'>;

function matches(lane: WholeLane, { edge_id, site_id, endpoint_id }: LaneFilter): boolean {
  if (edge_id !== undefined && lane.edge_id !== edge_id) return false;
  if (site_id !== undefined && lane.site_id !== site_id) return false;
  return endpoint_id === undefined || laneTotals(lane).some(pair => pair.endpoint_id === endpoint_id);
}

async function readList({ client, table }: BatchGetOptions, partitions: string[]): Promise<LaneName[]> {
  const lanes: LaneName[] = [];
  for await (const { items } of readPartitions<ItemKey>(client, table, partitions)) {
    for (const { sk } of items) lanes.push(parseLaneSortKey(sk));
  }
  return lanes;
}
