import { FLOW_GROUPS, type FlowGroup } from '../flows/flow-stats.ts';
import { LANE_GROUPS, type LaneGroup, type Order } from '../history/aggregate.ts';
import type { Resolution } from '../history/resolution.ts';
import type { ExportFormat } from './table.ts';

/** What can be exported: intervals, sums by group, logged flows, the audit log. */
export const EXPORT_KINDS = ['HISTORY', 'STATS', 'FLOWS', 'AUDIT'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** What sums can be grouped by: counters or flows, not both at once. */
export const EXPORT_GROUPS = [...LANE_GROUPS, ...FLOW_GROUPS] as const;
export type ExportGroup = LaneGroup | FlowGroup;

/** What of which time. All that is given must hold; each kind looks at what is its own. */
export interface ExportRequest {
  kind: ExportKind;
  format: ExportFormat;
  /** RFC 3339, UTC. */
  from: string;
  to: string;
  policy_id?: string | undefined;
  site_id?: string | undefined;
  endpoint_id?: string | undefined;
  edge_id?: string | undefined;
  resolution?: Resolution | undefined;
  group_by?: readonly ExportGroup[] | undefined;
  order_by?: Order | undefined;
  address?: string | undefined;
  port?: number | undefined;
  protocol?: number | undefined;
  application?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
}

/** Whether sums come from the flow log instead of the counters. */
export function isFlowGrouping(groups: readonly string[] = []): boolean {
  return groups.some(group => (FLOW_GROUPS as readonly string[]).includes(group));
}

/** Whether groups of counters and of flows were asked for at once, which nothing can answer. */
export function isMixedGrouping(groups: readonly string[] = []): boolean {
  return isFlowGrouping(groups) && groups.some(group => (LANE_GROUPS as readonly string[]).includes(group));
}

/** What of a request narrows traffic. */
export function trafficFilterOf({ policy_id, site_id, endpoint_id, edge_id }: ExportRequest): {
  policy_id?: string;
  site_id?: string;
  endpoint_id?: string;
  edge_id?: string;
} {
  return {
    ...(policy_id !== undefined && { policy_id }),
    ...(site_id !== undefined && { site_id }),
    ...(endpoint_id !== undefined && { endpoint_id }),
    ...(edge_id !== undefined && { edge_id }),
  };
}
