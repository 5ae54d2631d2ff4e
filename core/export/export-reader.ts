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

/** Exports have exact figures. */
type ExactSum = Pick<TrafficSum, 'packets_exact' | 'bytes_exact'> &
  Partial<Pick<TrafficSum, 'estimated_share'>>;

/** How many edges a figure is based on; the instant is a column of its own. */
type EdgesHeard = Pick<Completeness, 'edges_expected' | 'edges_heard'>;

/** An interval. */
export type HistoryRow = Omit<HistoryPoint, 'packets' | 'bytes'>;

/** Sums of a group, of counters or of flows, with the fields by which they are grouped. */
export type GroupSums = ExactSum & Partial<Omit<TrafficRow & FlowStatsRow, keyof TrafficSum>>;

/** The readings at both ends of all sums in an answer. RFC 3339. */
export interface StatsRange {
  from: string;
  to: string;
  completeness: EdgesHeard;
}

/** A page of sums in order of size, from the largest on. */
export interface StatsAnswer extends StatsRange {
  rows: GroupSums[];
  /** The number of rows after these. */
  other_rows: number;
  next_token: string | null;
  /** Of groups of flows: traffic that is in no logged flow. */
  unattributed?: ExactSum;
}

/** A logged flow. */
export type FlowRow = Omit<LoggedFlow, 'id' | 'arrived_at' | 'packets' | 'bytes'>;

/** An entry of the audit log. */
export type AuditRow = AuditEntry;

/** A page of a list in order of time, from the newest on. */
export interface ReaderPage<Row> {
  items: Row[];
  next_token: string | null;
}

/** Milliseconds since the epoch; `to` is exclusive. */
type TimeRange = Pick<Range, 'from' | 'to'>;

interface NextToken {
  /** The token of the previous page; null: the beginning. */
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
 * Reads the data of exports: the answers of the API's queries, either over GraphQL or from
 * `core/answers` in the same process. Queries have instants in milliseconds. Rows have the schema's
 * fields, with instants in RFC 3339.
 */
export interface ExportReader {
  /** policyHistory for a policy alone, otherwise trafficHistory. */
  history(query: HistoryQuery): Promise<{ points: HistoryRow[] }>;
  /** trafficStats, or flowStats for groups of flows, with as many rows as possible. */
  stats(query: StatsQuery): Promise<StatsAnswer>;
  /** A page of flows. */
  flows(query: FlowsQuery): Promise<ReaderPage<FlowRow>>;
  /** A page of auditLog. */
  audit(query: AuditQuery): Promise<ReaderPage<AuditRow>>;
  /** Names of the present policies, by id. */
  policyNames(): Promise<ReadonlyMap<string, string>>;
  /** Names of those of these sites that are shown now, by id (UUIDs in lower case). */
  siteNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
