import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import type { Reversal } from '../../audit/audit-entry.ts';
import { forgetDecisions } from '../../cache/forget-decisions.ts';
import type { BegunOperation } from '../../storage/begun-operation.ts';
import type { Change } from '../../storage/commit-change.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import { type StoreContext, timestamp } from '../../storage/store-context.ts';
import { healthScore } from '../health/health-score.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { settledScoreOf } from '../health/settled-score.ts';
import { type CarriedTraffic, flowsAtEnds, readCarried, readLanesOf } from '../metrics/path-traffic.ts';
import { type FailoverReceipt, storedReceipt } from './failover-receipt.ts';
import { readEdgesOf } from './path-edges.ts';
import { EVERY_POLICY, outFor, type StatesByPolicy } from './path-out.ts';
import { decideAfter, decideBefore, movesBetween, type PathSituation } from './path-situation.ts';
import type { PathState } from './path-state.ts';
import { statesActions } from './path-states-store.ts';

export interface FailoverDone {
  receipt: FailoverReceipt;
  audit_id: string;
}

/** Policies leave a path or come back to it. */
export interface SideChange {
  /** The change that this one reverses, if it is an undo. */
  reverses?: Reversal | undefined;
  begun: BegunOperation;
  operation: 'failoverPath' | 'failbackPath' | 'restorePath';
  actor: Caller;
  /** The states after the change. */
  after: Record<string, PathState>;
  samples: PathMetrics[];
}

/** The event that each operation publishes. */
const EVENT_TYPES: Record<SideChange['operation'], string> = {
  failoverPath: 'PATH_FAILOVER',
  failbackPath: 'PATH_FAILBACK',
  restorePath: 'PATH_RESTORED',
};

/**
 * Moves policies off a path or back to it in one transaction, with any number of edges and
 * policies: new states, the audit entry, and the invalidation of all decisions. The edges' new
 * routes follow from the entry, see `orderRoutes`.
 */
export async function changeSides(
  context: StoreContext,
  situation: PathSituation,
  { begun, operation, actor, after, samples, reverses }: SideChange,
): Promise<Change<FailoverDone>> {
  const { path, states } = situation;
  const { tables } = context;
  const edges = await readEdgesOf(context, path);
  const lanes = await readLanesOf(context, edges);
  const carried = await repeatUntil(context, () => readCarried(context, { path_id: path.id, lanes }));
  const now = context.clock();
  const decisions = decideAfter(situation, { after, now });
  const moved = movesBetween(decideBefore(situation, now), decisions);
  const receipt: FailoverReceipt = {
    path_id: path.id,
    source_site_id: path.source_site_id,
    destination_site_id: path.destination_site_id,
    samples: samples.map(metrics => ({
      ...metrics,
      score: healthScore(metrics),
      settled_score: settledScoreOf(metrics),
    })),
    moved,
    without_path: moved.filter(move => move.new_path_id === null).map(move => move.policy_id),
    ...movedTraffic(carried, flowsAtEnds(path, { lanes, policies: moved.map(move => move.policy_id) })),
  };
  const outNow = (policies: StatesByPolicy) =>
    outFor({ policies }, { enabled: situation.policies.keys(), now });
  const audit = auditAction(tables, begun, {
    actor,
    operation,
    target: `path:${path.id}`,
    reverses,
    before: { out: outNow(states.policies), ...termsOf(states.policies) },
    after: { out: outNow(after), ...termsOf(after), receipt: storedReceipt(receipt) },
    // The event is of two sites, so it has no number in either.
    event: {
      type: EVENT_TYPES[operation],
      site_id: null,
      site_seq: null,
      data_in_after: 'receipt',
    },
  });
  return {
    actions: [...statesActions(context, states, after), forgetDecisions(tables), audit],
    result: { receipt, audit_id: begun.audit_id },
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

/** How long an operator keeps the path out, if terms were given. */
export function termsOf(policies: Record<string, PathState>): { until?: string; until_restored?: true } {
  const { until_ms, until_restored } = policies[EVERY_POLICY] ?? {};
  return {
    ...(until_ms !== undefined && { until: timestamp(until_ms) }),
    ...(until_restored && { until_restored: true }),
  };
}
