import type { Way } from './flow-graph.ts';
import type { WaysAnswer, WaysOfFlowsAnswer } from './operations.ts';

/** A way of the table. */
export interface WayRow extends Way {
  /**
   * One way, the ways behind the largest as one, or what was counted and the flow log doesn't have.
   */
  kind: 'WAY' | 'OTHER' | 'UNLOGGED';
  /** Of the total, 0 to 1. */
  share: number;
}

/** The ways, the largest first, and what is behind them as one. */
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
 * The same of the flow log, to the network at the end. All rows together are what was counted, to
 * the byte.
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
