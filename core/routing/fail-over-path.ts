import type { Caller } from '../access/caller.ts';
import { auditPut, changeEntry } from '../audit/audit-entry.ts';
import { ROUTING_CACHE } from '../cache/cache-names.ts';
import { raiseGenerationAction } from '../cache/generation.ts';
import { Conflict } from '../errors.ts';
import { type Change, commitChange } from '../storage/commit-change.ts';
import { type StoreContext, timestamp } from '../storage/store-context.ts';
import { type PathState, takeOut } from './failover.ts';
import { type FailoverReceipt, storedReceipt } from './failover-receipt.ts';
import { decideAfter, decideBefore, movesBetween, type PathSituation, readSituation } from './path-change.ts';
import { healthScore } from './path-health.ts';
import type { PathMetrics } from './path-metrics.ts';
import { EVERY_POLICY, statesAction } from './path-states.ts';
import { type CarriedTraffic, flowsAtEnds, readCarried, readLanesOf } from './path-traffic.ts';
import type { ProductCaches } from './product-caches.ts';
import { readEdgesOf, routeCommands } from './route-commands.ts';

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
  context: StoreContext,
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
  context: StoreContext,
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
    after: { out: outIds(after), receipt: storedReceipt(receipt) },
    // Of two sites at once, so it has no number in either.
    event: {
      type: operation === 'failoverPath' ? 'PATH_FAILOVER' : 'PATH_FAILBACK',
      site_id: null,
      site_seq: null,
      data_in_after: 'receipt',
    },
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

function outIds(policies: Record<string, PathState>): string[] {
  return Object.keys(policies).filter(id => policies[id]!.out);
}
