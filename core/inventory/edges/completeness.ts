import type { Lane } from '../../ledger/lane/lane.ts';
import type { RegisteredEdge } from './edge-items.ts';

/** How much of the network a figure covers. */
export interface Completeness {
  edges_expected: number;
  edges_heard: number;
}

/** An edge that has reported within this time counts as heard; after it ingest subtracts its gauges. */
const HEARD_WITHIN_MS = 300_000;

/** Whether an edge that was last heard at `last_heard_at_ms` counts as heard at `now_ms`. */
export function isHeard(last_heard_at_ms: number, now_ms: number): boolean {
  return last_heard_at_ms > now_ms - HEARD_WITHIN_MS;
}

/** How many of the expected edges were heard from shortly before `now_ms`. */
export async function completenessOf(
  expected: readonly RegisteredEdge[],
  lanes: AsyncIterable<Pick<Lane, 'edge_id' | 'last_heard_at_ms'>>,
  now_ms: number,
): Promise<Completeness> {
  const silent = new Set(expected.map(edge => edge.id));
  for await (const { edge_id, last_heard_at_ms } of lanes) {
    if (isHeard(last_heard_at_ms, now_ms)) silent.delete(edge_id);
  }
  return { edges_expected: expected.length, edges_heard: expected.length - silent.size };
}
