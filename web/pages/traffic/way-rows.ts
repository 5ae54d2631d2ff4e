import type { Way } from './flow-graph.ts';
import type { WaysAnswer, WaysOfFlowsAnswer } from './operations.ts';

/** A row of the table. */
export interface WayRow extends Way {
  /**
   * One combination of ids, the smaller combinations together, or traffic that was counted and is
   * not in the flow log.
   */
  kind: 'WAY' | 'OTHER' | 'UNLOGGED';
  /** Share of the total, 0 to 1. */
  share: number;
}

/** The combinations, largest first, and the smaller ones as one row. */
export function waysOfCounters({ rows, other, other_rows, total }: WaysAnswer): WayRow[] {
  const all = rows.map(({ site_id, policy_id, endpoint_id, bytes_exact }) => ({
    ids: [site_id, policy_id, endpoint_id],
    bytes_exact,
  }));
  return withShares(total, [
    ...all.map(row => ({ kind: 'WAY' as const, ...row })),
    ...(other_rows > 0 ? [{ kind: 'OTHER' as const, ids: NONE.slice(1), ...other }] : []),
  ]);
}

/**
 * The same from the flow log, with the destination network. The sum of all rows equals the counted
 * traffic to the byte.
 */
export function waysOfFlows({ rows, other, other_rows, unattributed, total }: WaysOfFlowsAnswer): WayRow[] {
  const all = rows.map(({ site_id, policy_id, endpoint_id, destination_prefix, bytes_exact }) => ({
    ids: [site_id, policy_id, endpoint_id, destination_prefix],
    bytes_exact,
  }));
  return withShares(total, [
    ...all.map(row => ({ kind: 'WAY' as const, ...row })),
    ...(other_rows > 0 ? [{ kind: 'OTHER' as const, ids: NONE, ...other }] : []),
    ...(unattributed.bytes_exact === '0' ? [] : [{ kind: 'UNLOGGED' as const, ids: NONE, ...unattributed }]),
  ]);
}

const NONE = [null, null, null, null];

interface Line extends Pick<WayRow, 'kind' | 'ids'> {
  bytes_exact: string;
}

function withShares(total: { bytes_exact: string }, lines: readonly Line[]): WayRow[] {
  const whole = Math.max(1, Number(total.bytes_exact));
  return lines.map(({ kind, ids, bytes_exact }) => ({
    ...{ kind, ids, bytes: BigInt(bytes_exact) },
    share: Number(bytes_exact) / whole,
  }));
}
