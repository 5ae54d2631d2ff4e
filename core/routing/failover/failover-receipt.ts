import type { PathMetrics } from '../health/path-metrics.ts';
import type { PolicyMove } from './path-situation.ts';

/** What a failover or failback did, and why. */
export interface FailoverReceipt {
  path_id: string;
  source_site_id: string;
  destination_site_id: string;
  /** The measurements that led to it, newest last. */
  samples: (PathMetrics & { score: number; settled_score: number })[];
  /** Old and new path of each policy whose path changed. */
  moved: PolicyMove[];
  /** Policies that have no path left between these sites. */
  without_path: string[];
  /**
   * Flows of the moved policies that were active at the path's endpoints, by the edges' last
   * reports. Other paths of these endpoints may have carried some of them. 0 if the path carried
   * nothing since `moved_since`.
   */
  flows_moved: number;
  /**
   * Bytes that the path carried in both directions since `moved_since`: the traffic that has to
   * move to other paths. Decimal; null: not known.
   */
  bytes_moved: string | null;
  /** Time of a snapshot of at least a minute before, RFC 3339; null: there was none yet. */
  moved_since: string | null;
  /**
   * Bytes that the path has carried in both directions until now, as counted by the edges of both
   * ends. Decimal.
   */
  bytes_carried: string;
}

/**
 * The receipt in the audit entry and in the event: policies with the same move are grouped.
 */
export interface StoredReceipt extends Omit<FailoverReceipt, 'moved'> {
  moved: (Omit<PolicyMove, 'policy_id'> & { policy_ids: string[] })[];
}

/**
 * Total length of the reasons in an entry: a DynamoDB item has up to 400 KB, and a thousand
 * policies may each have weights of their own.
 */
const MAX_REASONS_CHARACTERS = 150_000;

/**
 * The receipt in a form that fits in an item with any number of policies. Reasons past a limit are
 * left out; `routingDecision` returns them.
 */
export function storedReceipt({ moved, ...receipt }: FailoverReceipt): StoredReceipt {
  const groups = Map.groupBy(moved, ({ old_path_id, new_path_id, reason }) =>
    JSON.stringify([old_path_id, new_path_id, reason]),
  );
  let characters = 0;
  return {
    ...receipt,
    moved: Array.from(groups.values(), group => {
      const { policy_id: _, ...move } = group[0]!;
      characters += move.reason.length;
      const reason = characters > MAX_REASONS_CHARACTERS ? '' : move.reason;
      return { policy_ids: group.map(({ policy_id }) => policy_id), ...move, reason };
    }),
  };
}
