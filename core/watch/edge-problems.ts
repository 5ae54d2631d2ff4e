import type { Problem } from '../alarms/alarm.ts';
import { HeardEdges } from '../inventory/edges/completeness.ts';
import { isBehind } from '../inventory/edges/edge-status.ts';
import type { EdgeInService } from '../inventory/edges/read-edges.ts';
import { clockSkew } from '../ledger/lane/clock-skew.ts';
import type { Lane } from '../ledger/lane/lane.ts';
import type { SilenceOptions } from '../ledger/lane/silence.ts';
import { timestamp } from '../storage/store-context.ts';

/**
 * How long after a change an edge may report old policies before it is behind. Edges learn of a
 * change within two minutes.
 */
const BEHIND_AFTER_MS = 300_000;

/** A clock that is wrong by more raises an alarm. */
const SKEW_MS = 60_000;

export interface PoliciesNow {
  version: number;
  /** When they were last changed, milliseconds; undefined when it isn't known, and long ago. */
  changed_at_ms: number | undefined;
}

export interface EdgesNow extends SilenceOptions {
  /** All edges in service whose lanes are in the same buckets as `lanes`. */
  edges: readonly EdgeInService[];
  lanes: Iterable<Lane>;
  policies: PoliciesNow;
  now_ms: number;
}

/** The problems of edges in service. Pure. */
export function edgeProblems({ edges, lanes, policies, now_ms, ...silence }: EdgesNow): Problem[] {
  const heard = new HeardEdges(edges, now_ms, silence);
  const newest = new Map<string, Lane>();
  for (const lane of lanes) {
    heard.add(lane);
    const known = newest.get(lane.edge_id);
    if (!known || lane.sent_at_ms > known.sent_at_ms) newest.set(lane.edge_id, lane);
  }
  const silent = heard.silentNow();
  return edges.flatMap(edge => {
    const since_ms = silent.get(edge.id);
    if (since_ms !== undefined) return [silentEdge(edge, since_ms)];
    const lane = newest.get(edge.id);
    return lane ? [...behind(edge, lane, policies), ...skewed(edge, lane)] : [];
  });
}

const about = ({ id, site_id }: EdgeInService) => ({ target: `edge:${id}`, site_id });

function silentEdge(edge: EdgeInService, since_ms: number): Problem {
  return {
    id: `EDGE_SILENT#${edge.id}`,
    kind: 'EDGE_SILENT',
    since: timestamp(since_ms),
    title: `Edge ${edge.id} is silent.`,
    ...about(edge),
  };
}

function behind(
  edge: EdgeInService,
  { policies_version, last_heard_at_ms }: Lane,
  { version, changed_at_ms = 0 }: PoliciesNow,
): Problem[] {
  if (!isBehind(policies_version, version) || last_heard_at_ms < changed_at_ms + BEHIND_AFTER_MS) return [];
  return [
    {
      id: `POLICIES_BEHIND#${edge.id}`,
      kind: 'POLICIES_BEHIND',
      since: timestamp(changed_at_ms === 0 ? last_heard_at_ms : changed_at_ms),
      title: `Edge ${edge.id} applies older policies than are defined.`,
      ...about(edge),
    },
  ];
}

function skewed(edge: EdgeInService, { clock, last_heard_at_ms }: Lane): Problem[] {
  if (!clock || Math.abs(clockSkew(clock)) <= SKEW_MS) return [];
  return [
    {
      id: `CLOCK_SKEW#${edge.id}`,
      kind: 'CLOCK_SKEW',
      since: timestamp(last_heard_at_ms),
      title: `The clock of edge ${edge.id} is wrong by more than a minute, or its reports take so long.`,
      ...about(edge),
    },
  ];
}
