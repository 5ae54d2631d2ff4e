import type { Field } from './traffic-address.ts';

/** The traffic with the same id in each stage. */
export interface Way {
  /** An id for each stage, in order; null: several ids summed. */
  ids: readonly (string | null)[];
  bytes: bigint;
}

/** One id of a stage, or its remaining ids together. */
export interface GraphNode {
  key: string;
  stage: number;
  /** Null: the remaining ids. */
  id: string | null;
  bytes: bigint;
}

export interface GraphLink {
  source: string;
  target: string;
  bytes: bigint;
  /** The id in the stage that determines the colour; null: the remaining ids. */
  colour: string | null;
}

export interface FlowGraph {
  /** Stage by stage; in each the largest first, the remaining ones last. */
  nodes: GraphNode[];
  links: GraphLink[];
}

/** The subject of a stage: a field, or the destination network of flows. */
export type Stage = Field | 'prefix';

/**
 * The stages in order. Counters end at the endpoint; the flow log also knows the destination
 * network.
 */
export const STAGES = ['site', 'policy', 'endpoint'] as const satisfies Stage[];
export const STAGES_OF_FLOWS = [...STAGES, 'prefix'] as const satisfies Stage[];

/** The stage that determines the colours. */
const COLOURED = STAGES.indexOf('policy');

/**
 * The largest ids of each stage as nodes, its other ids as one node, and the traffic between stages
 * as links. The sum of each stage, and of the links between two stages, equals the whole traffic to
 * the byte.
 */
export function flowGraph(ways: readonly Way[], shown: number, stages: readonly Stage[] = STAGES): FlowGraph {
  const kept = stages.map((_, stage) => largest(ways, stage, shown));
  const nodes = new Map<string, GraphNode>();
  const links = new Map<string, GraphLink>();
  for (const { ids, bytes } of ways) {
    if (bytes <= 0n) continue;
    const way = stages.map((_, stage) => {
      const id = ids[stage] ?? null;
      return id !== null && kept[stage]!.has(id) ? id : null;
    });
    for (const [stage, id] of way.entries()) {
      const node = take(nodes, nodeKey(stage, id), { key: nodeKey(stage, id), stage, id, bytes: 0n });
      node.bytes += bytes;
      if (stage === 0) continue;
      const [source, target] = [nodeKey(stage - 1, way[stage - 1]!), nodeKey(stage, id)];
      const colour = way[COLOURED]!;
      const link = take(links, JSON.stringify([source, target, colour]), {
        source,
        target,
        bytes: 0n,
        colour,
      });
      link.bytes += bytes;
    }
  }
  return { nodes: [...nodes.values()].sort(byStageAndSize), links: [...links.values()] };
}

function nodeKey(stage: number, id: string | null): string {
  return JSON.stringify([stage, id]);
}

function largest(ways: readonly Way[], stage: number, shown: number): Set<string> {
  const sums = new Map<string, bigint>();
  for (const { ids, bytes } of ways) {
    const id = ids[stage] ?? null;
    if (id !== null) sums.set(id, (sums.get(id) ?? 0n) + bytes);
  }
  const ranked = [...sums].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x < y ? 1 : -1));
  // A single remaining id is drawn by itself instead of as "others".
  return new Set(ranked.slice(0, ranked.length === shown + 1 ? shown + 1 : shown).map(([id]) => id));
}

function take<T>(map: Map<string, T>, key: string, first: T): T {
  const known = map.get(key) ?? first;
  map.set(key, known);
  return known;
}

function byStageAndSize(a: GraphNode, b: GraphNode): number {
  if (a.stage !== b.stage) return a.stage - b.stage;
  if ((a.id === null) !== (b.id === null)) return a.id === null ? 1 : -1;
  return a.bytes === b.bytes ? (a.key < b.key ? -1 : 1) : a.bytes < b.bytes ? 1 : -1;
}
