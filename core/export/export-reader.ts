import type {
  AuditEntry,
  Completeness,
  FlowStatsRow,
  HistoryPoint,
  LoggedFlow,
  TrafficRow,
  TrafficSum,
} from '../../graphql/schema.generated.ts';
import type { Order } from '../history/aggregate.ts';
import type { Range } from '../history/resolution.ts';
import type { IdFilter } from '../totals/dimension-filter.ts';
import type { ExportFields, ExportGrouping, ExportRequest } from './export-request.ts';

/** Exact figures alone are exported. */
type ExactSum = Pick<TrafficSum, 'packets_exact' | 'bytes_exact'> &
  Partial<Pick<TrafficSum, 'estimated_share'>>;

/** How many edges a figure rests on; the instant is a column of its own. */
type EdgesHeard = Pick<Completeness, 'edges_expected' | 'edges_heard'>;

/** An interval. */
export type HistoryRow = Omit<HistoryPoint, 'packets' | 'bytes'>;

/** Sums of a group: of counters or of flows. Only the fields that were grouped by are read. */
export type GroupSums = ExactSum & Partial<Omit<TrafficRow & FlowStatsRow, keyof TrafficSum>>;

/** What all sums of an answer share: the readings that they lie between. RFC 3339. */
export interface StatsRange {
  from: string;
  to: string;
  completeness: EdgesHeard;
}

/** A page of sums, largest first. */
export interface StatsAnswer extends StatsRange {
  rows: GroupSums[];
  /** Rows behind these. */
  other_rows: number;
  next_token: string | null;
  /** Of groups of flows: what no logged flow accounts for. */
  unattributed?: ExactSum;
}

/** A logged flow. */
export type FlowRow = Omit<LoggedFlow, 'id' | 'arrived_at' | 'packets' | 'bytes'>;

/** An entry of the audit log. */
export type AuditRow = AuditEntry;

/** A page of a list that is newest first. */
export interface ReaderPage<Row> {
  items: Row[];
  next_token: string | null;
}

/** Milliseconds since the epoch; `to` is exclusive. */
type TimeRange = Pick<Range, 'from' | 'to'>;

interface NextToken {
  /** The token of the page before; null: from the beginning. */
  next_token: string | null;
}

/** A range on the grid of its resolution, see {@link SettledRequest}. */
export type HistoryQuery = Range & { filter: IdFilter };

export interface StatsQuery extends TimeRange, NextToken {
  group_by: ExportGrouping;
  filter: IdFilter;
  order_by: Order;
}

export interface FlowsQuery extends TimeRange, NextToken {
  filter: IdFilter & Pick<ExportFields, 'address' | 'port' | 'protocol' | 'application'>;
}

export type AuditQuery = TimeRange & NextToken & Pick<ExportRequest<'AUDIT'>, 'actor' | 'action' | 'target'>;

/**
 * What exports read through: the answers of the API's queries, either asked over GraphQL or given
 * by `core/answers` in the same process. Queries have instants in milliseconds; rows have the
 * schema's fields, instants in RFC 3339.
 */
export interface ExportReader {
  /** policyHistory for a policy alone, else trafficHistory. */
  history(query: HistoryQuery): Promise<{ points: HistoryRow[] }>;
  /** trafficStats, or flowStats for groups of flows, with as many rows as it can give. */
  stats(query: StatsQuery): Promise<StatsAnswer>;
  /** A page of flows. */
  flows(query: FlowsQuery): Promise<ReaderPage<FlowRow>>;
  /** A page of auditLog. */
  audit(query: AuditQuery): Promise<ReaderPage<AuditRow>>;
  /** Names by id of the policies that are defined now. */
  policyNames(): Promise<ReadonlyMap<string, string>>;
  /** Names by id of these sites, UUIDs in lower case, as far as they are shown now. */
  siteNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
