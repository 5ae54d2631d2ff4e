import { fnv1a } from '../hash.ts';
import type { ItemKey } from '../storage/item.ts';

/**
 * Lanes are spread over this many partitions; the number is in the keys, so it is fixed
 * (docs/decisions/011).
 */
export const LANE_BUCKETS = 64;

/** Partition of all edges that have reported; the sort key is the edge's id. */
export const HEARD_EDGES_PARTITION = 'EDGE';

/** `00` to `63`: the partition that an edge's lanes are in. */
export function laneBucket(edge_id: string): string {
  return bucketName(fnv1a(edge_id) % LANE_BUCKETS);
}

/** All buckets in order. */
export function laneBuckets(): string[] {
  return Array.from({ length: LANE_BUCKETS }, (_, number) => bucketName(number));
}

/** Some of the buckets: those with `number % of === index`. `of` is a power of two up to 64. */
export interface LaneGroup {
  index: number;
  of: number;
}

export const ALL_LANES: LaneGroup = { index: 0, of: 1 };

/** The index of the group that a bucket is in. */
export function groupOf(bucket: string, of: number): number {
  return Number(bucket) % of;
}

/** The buckets of a group in order. */
export function bucketsOf({ index, of }: LaneGroup): string[] {
  return laneBuckets().filter(bucket => groupOf(bucket, of) === index);
}

export function lanePartition(bucket: string): string {
  return `LANE#${bucket}`;
}

export function laneKey(edge_id: string, part: number): ItemKey {
  return { pk: lanePartition(laneBucket(edge_id)), sk: `${edge_id}#${part}` };
}

/**
 * Lists all lanes that have been at a site, under the lanes' own sort keys (docs/decisions/165).
 */
export function siteLanesPartition(site_id: string): string {
  return `SITE#${site_id}`;
}

/** Lists all lanes of a bucket that have counted for an endpoint of this id, at any site. */
export function endpointLanesPartition(endpoint_id: string, bucket: string): string {
  return `ENDPOINT#${bucket}#${endpoint_id}`;
}

/** Edge and part from a lane's sort key. An edge id may hold a `#`, a part does not. */
export function parseLaneSortKey(sk: string): { edge_id: string; part: number } {
  const end = sk.lastIndexOf('#');
  return { edge_id: sk.slice(0, end), part: Number(sk.slice(end + 1)) };
}

/**
 * A segment of a lane's idle pairs. It has a partition of its own, so that readers of all lanes
 * don't pay for it each minute (docs/decisions/100).
 */
export function idleKey(edge_id: string, part: number, version: number): ItemKey {
  return { pk: `IDLE#${edge_id}`, sk: `${part}#${version}` };
}

export function bootKey(edge_id: string, part: number, boot_id: string): ItemKey {
  return { pk: `BOOT#${edge_id}`, sk: `${part}#${boot_id}` };
}

/**
 * Marks a boot that is not current and was closed or reported lately, in one part of its edge.
 * Resets query these items by bucket; they have a TTL.
 */
export function recentBootKey(edge_id: string, part: number, boot_id: string): ItemKey {
  return { pk: recentBootPartition(laneBucket(edge_id)), sk: `${edge_id}#${part}#${boot_id}` };
}

export function recentBootPartition(bucket: string): string {
  return `RECENT#${bucket}`;
}

/** The item that fixes the number of parts of a boot for all of its lanes. */
export function bootPartsKey(edge_id: string, boot_id: string): ItemKey {
  return { pk: `BOOT#${edge_id}`, sk: `PARTS#${boot_id}` };
}

export function counterKey(slot: number, policy_id: string, generation = 0): ItemKey {
  return { pk: counterPartition(slot, generation), sk: policy_id };
}

/**
 * Counters that were rebuilt have their generation in the name of their partitions
 * (docs/decisions/117).
 */
export function counterPartition(slot: number, generation = 0): string {
  return `COUNTER#${generation === 0 ? '' : `g${generation}#`}${slot}`;
}

export function heardEdgeKey(edge_id: string): ItemKey {
  return { pk: HEARD_EDGES_PARTITION, sk: edge_id };
}

function bucketName(number: number): string {
  return String(number).padStart(2, '0');
}
