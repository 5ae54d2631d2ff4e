import { type AuditEvent, auditPut, changeEntry } from '../audit/audit-entry.ts';
import type { Caller } from '../audit/caller.ts';
import { raiseGenerationAction } from '../cache/generation.ts';
import type { ProductCaches } from '../cache/product-caches.ts';
import { ROUTING_CACHE } from '../cache/routing-cache.ts';
import { Conflict } from '../errors.ts';
import { type Change, commitChange } from '../network/commit-change.ts';
import { type NetworkContext, timestamp } from '../network/network-context.ts';
import { type PathState, takeOut } from './failover.ts';
import {
  decideAfter,
  decideBefore,
  movesBetween,
  type PathSituation,
  type PolicyMove,
  readSituation,
} from './path-change.ts';
import { healthScore } from './path-health.ts';
import type { PathMetrics } from './path-metrics.ts';
import { EVERY_POLICY, statesAction } from './path-states.ts';
import { type CarriedTraffic, flowsAtEnds, readCarried, readLanesOf } from './path-traffic.ts';
import { readEdgesOf, routeCommands } from './route-commands.ts';

/** What a failover or failback did, and why: the audit entry holds it, and the event tells it. */
export interface FailoverReceipt {
  path_id: string;
  source_site_id: string;
  destination_site_id: string;
  /** What led to it, newest last. */
  samples: (PathMetrics & { score: number })[];
  /** Old and new path of each policy whose path changed. */
  moved: PolicyMove[];
  /** Policies that have no path left between these sites. */
  without_path: string[];
  /**
   * Flows of the moved policies that were active at the path's endpoints, as of the edges' last reports: other paths of these endpoints
   * may have carried some of them. 0 where the path carried nothing lately.
   */
  flows_moved: number;
  /** What the path carried, both directions, since `moved_since`, so what has to find its way elsewhere. Decimal; null: not known. */
  bytes_moved: string | null;
  /** Time of a snapshot of at least a minute before, RFC 3339; null: there was none yet. */
  moved_since: string | null;
  /** What the path has carried until now, both directions, as the edges of both ends counted it. Decimal. */
  bytes_carried: string;
}

export interface FailoverDone {
  receipt: FailoverReceipt;
  audit_id: string;
}

export interface SideChange {
  operation: 'failoverPath' | 'failbackPath';
  actor: Caller;
  /** The states after the change. */
  after: Record<string, PathState>;
  samples: PathMetrics[];
}

/**
 * Takes a path out of use for every policy, on an operator's word, and has them decide again. It comes back by itself when
 * it has been good for long enough.
 *
 * @throws NotFound · Conflict when it is out already
 */
export function failOverPath(
  context: NetworkContext,
  caches: ProductCaches,
  { path_id, actor }: { path_id: string; actor: Caller },
): Promise<FailoverDone> {
  return commitChange(context, async () => {
    const situation = await readSituation(context, caches, path_id);
    const { states, pair } = situation;
    const state = states.policies[EVERY_POLICY];
    if (state?.out) {
      throw new Conflict(
        `Path ${path_id} is out of use already, since ${timestamp(state.since_ms)}. It comes back by itself when it has been good for long enough.`,
      );
    }
    const after = { ...states.policies, [EVERY_POLICY]: takeOut(state, context.clock()) };
    const last = pair.metrics.get(path_id);
    return changeSides(context, situation, {
      operation: 'failoverPath',
      actor,
      after,
      samples: last ? [last] : [],
    });
  });
}

/** One transaction: the states, the audit entry that tells of it, the edges' new routes, and a clear of the decisions. */
export async function changeSides(
  context: NetworkContext,
  situation: PathSituation,
  { operation, actor, after, samples }: SideChange,
): Promise<Change<FailoverDone>> {
  const { path, states } = situation;
  const { tables } = context;
  const edges = await readEdgesOf(context, path);
  const lanes = await readLanesOf(context, edges);
  const carried = await readCarried(context, { path_id: path.id, lanes });
  const now = context.clock();
  const decisions = decideAfter(situation, { after, now });
  const moved = movesBetween(decideBefore(situation, now), decisions);
  const receipt: FailoverReceipt = {
    path_id: path.id,
    source_site_id: path.source_site_id,
    destination_site_id: path.destination_site_id,
    samples: samples.map(metrics => ({ ...metrics, score: healthScore(metrics) })),
    moved,
    without_path: moved.filter(move => move.new_path_id === null).map(move => move.policy_id),
    ...movedTraffic(carried, flowsAtEnds(path, { lanes, policies: moved.map(move => move.policy_id) })),
  };
  const entry = changeEntry({
    at_ms: now,
    actor,
    operation,
    target: `path:${path.id}`,
    before: { out: outIds(states.policies) },
    after: { out: outIds(after), receipt },
    event: eventOf(operation, receipt),
  });
  return {
    actions: [
      statesAction(context, states, after),
      raiseGenerationAction({ table: tables.cache, cache: ROUTING_CACHE }),
      auditPut({ tables, entry }),
      ...routeCommands(context, { path, edges, decisions }),
    ],
    result: { receipt, audit_id: entry.id },
  };
}

function movedTraffic({ bytes_carried, recently }: CarriedTraffic, flows: number) {
  return {
    flows_moved: recently?.bytes === 0n ? 0 : flows,
    bytes_moved: recently ? String(recently.bytes) : null,
    moved_since: recently ? timestamp(recently.since_ms) : null,
    bytes_carried: String(bytes_carried),
  };
}

function eventOf(operation: SideChange['operation'], receipt: FailoverReceipt): AuditEvent {
  const type = operation === 'failoverPath' ? 'PATH_FAILOVER' : 'PATH_FAILBACK';
  // Of two sites at once, so it has no number in either.
  return { type, site_id: null, site_seq: null, data: receipt };
}

function outIds(policies: Record<string, PathState>): string[] {
  return Object.keys(policies).filter(id => policies[id]!.out);
}
