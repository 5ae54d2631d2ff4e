import { LANE_GROUPS, type LaneGroup, type Order } from '../history/aggregate.ts';
import type { Range, Resolution } from '../history/resolution.ts';
import type { ApplicationClass } from '../policy/application-class.ts';
import type { ExportFormat } from '../rows/table.ts';
import type { IdFilter } from '../totals/dimension-filter.ts';

/** The kinds of exports: intervals, sums by group, logged flows, the audit log. */
export const EXPORT_KINDS = ['HISTORY', 'STATS', 'FLOWS', 'AUDIT'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** Groups for sums of flows in an export; counters have the other groups. */
export const EXPORT_FLOW_GROUPS = ['PROTOCOL', 'APPLICATION', 'SOURCE_PREFIX', 'DESTINATION_PREFIX'] as const;
type ExportFlowGroup = (typeof EXPORT_FLOW_GROUPS)[number];

/** Groups for sums. */
export const EXPORT_GROUPS = [...LANE_GROUPS, ...EXPORT_FLOW_GROUPS] as const;
export type ExportGroup = LaneGroup | ExportFlowGroup;

/** The groups of one export: those of counters or those of flows, not both. */
export type ExportGrouping = readonly LaneGroup[] | readonly ExportFlowGroup[];

/** Filters and options of exports of all kinds. All filters that are given must hold. */
export interface ExportFields extends IdFilter {
  resolution?: Resolution | undefined;
  group_by?: ExportGrouping | undefined;
  order_by?: Order | undefined;
  /** Address or prefix at either end of a flow. */
  address?: string | undefined;
  /** Port at either end of a flow. */
  port?: number | undefined;
  /** IP protocol. */
  protocol?: number | undefined;
  application?: ApplicationClass | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
}

const TRAFFIC_FIELDS = ['policy_id', 'site_id', 'endpoint_id', 'edge_id'] as const;

/** The fields of each kind. */
export const EXPORT_FIELDS = {
  HISTORY: [...TRAFFIC_FIELDS, 'resolution'],
  STATS: [...TRAFFIC_FIELDS, 'group_by', 'order_by'],
  FLOWS: [...TRAFFIC_FIELDS, 'address', 'port', 'protocol', 'application'],
  AUDIT: ['actor', 'action', 'target'],
} as const satisfies Record<ExportKind, readonly (keyof ExportFields)[]>;

/** The range and the format. */
export interface ExportFrame {
  format: ExportFormat;
  /** Milliseconds since the epoch. */
  from: number;
  /** Milliseconds since the epoch, exclusive. */
  to: number;
}

/** The request for an export. */
export type ExportRequest<Kind extends ExportKind = ExportKind> = {
  [K in Kind]: { kind: K } & ExportFrame & Pick<ExportFields, (typeof EXPORT_FIELDS)[K][number]>;
}[Kind];

declare const settled: unique symbol;

/**
 * A request in the form in which it is read. The range of a history is on the grid of its
 * resolution, and the resolution is chosen: a history is read in chunks over minutes, and all
 * chunks must have the same one. Other kinds are read as they are requested.
 */
export type SettledRequest<Kind extends ExportKind = ExportKind> = {
  [K in Kind]: K extends 'HISTORY'
    ? ExportRequest<'HISTORY'> & { resolution: Resolution; readonly [settled]: true }
    : ExportRequest<K>;
}[Kind];

/**
 * A request with the fields of its kind, without other fields and without undefined ones.
 */
export function exportRequest<Kind extends ExportKind>(
  kind: Kind,
  { format, from, to, ...fields }: ExportFrame & ExportFields,
): ExportRequest<Kind> {
  const names: readonly (keyof ExportFields)[] = EXPORT_FIELDS[kind];
  const given = names.filter(name => fields[name] !== undefined).map(name => [name, fields[name]]);
  return { kind, format, from, to, ...Object.fromEntries(given) } as ExportRequest<Kind>;
}

/** The request for a history over a range on the grid of its resolution. */
export function settledHistory(
  request: ExportRequest<'HISTORY'>,
  { from, to, resolution }: Range,
): SettledRequest<'HISTORY'> {
  return { ...request, from, to, resolution } as SettledRequest<'HISTORY'>;
}

/** A request that ends at `last_ms` at the latest, milliseconds since the epoch. */
export function endingBy(request: ExportRequest<'AUDIT'>, last_ms: number): SettledRequest<'AUDIT'> {
  return { ...request, to: Math.max(request.from, Math.min(request.to, last_ms)) };
}

/** Whether sums come from the flow log instead of the counters. */
export function isFlowGrouping(groups: readonly string[] = []): groups is readonly ExportFlowGroup[] {
  return groups.some(group => (EXPORT_FLOW_GROUPS as readonly string[]).includes(group));
}

/**
 * The groups of one export; undefined if groups of counters and flows are mixed, which no query can
 * answer.
 */
export function groupingOf(groups: readonly ExportGroup[]): ExportGrouping | undefined {
  const isMixed = isFlowGrouping(groups) && groups.some(group => !isFlowGrouping([group]));
  return isMixed ? undefined : (groups as ExportGrouping);
}

/** The traffic filter of a request; empty for the audit log. */
export function trafficFilterOf(request: { kind: ExportKind } & IdFilter): IdFilter {
  const given = TRAFFIC_FIELDS.filter(name => request[name] !== undefined);
  return Object.fromEntries(given.map(name => [name, request[name]]));
}

/** Whether a filter is one policy and nothing else: a policy has a history of its own. */
export function isPolicyAlone(filter: IdFilter): filter is { policy_id: string } {
  return TRAFFIC_FIELDS.every(name => (filter[name] !== undefined) === (name === 'policy_id'));
}
