import type { PathMetrics } from '../health/path-metrics.ts';
import type { PolicyMove } from './path-situation.ts';

/** What a failover or failback did, and why. */
export interface FailoverReceipt {
  path_id: string;
  source_site_id: string;
  destination_site_id: string;
  /** What led to it, newest last. */
  samples: (PathMetrics & { score: number; settled_score: number })[];
  /** Old and new path of each policy whose path changed. */
  moved: PolicyMove[];
  /** Policies that have no path left between these sites. */
  without_path: string[];
  /**
   * Flows of the moved policies that were active at the path's endpoints, as of the edges' last
   * reports: other paths of these endpoints may have carried some of them. 0 where the path carried
   * nothing lately.
   */
  flows_moved: number;
  /**
   * What the path carried, both directions, since `moved_since`, so what has to find its way
   * elsewhere. Decimal; null: not known.
   */
  bytes_moved: string | null;
  /** Time of a snapshot of at least a minute before, RFC 3339; null: there was none yet. */
  moved_since: string | null;
  /**
   * What the path has carried until now, both directions, as the edges of both ends counted it.
   * Decimal.
   */
  bytes_carried: string;
}

/**
 * As the audit entry keeps it and the event publishes it: policies that moved alike are grouped.
 */
export interface StoredReceipt extends Omit<FailoverReceipt, 'moved'> {
  moved: (Omit<PolicyMove, 'policy_id'> & { policy_ids: string[] })[];
}

/**
 * Reasons in an entry: an item of DynamoDB ends at 400 KB, and a thousand policies may each have
 * weights of their own.
 */
const MAX_REASONS_CHARACTERS = 150_000;

/**
 * Small enough for an item however many policies there are; reasons past a limit are left out,
 * `routingDecision` gives them anew.
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
