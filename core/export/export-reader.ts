import type { Order } from '../history/aggregate.ts';
import type { Resolution } from '../history/resolution.ts';
import type { ExportGroup, ExportRequest } from './export-request.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows are what the API answers; the columns say what is taken of them
export type Row = any;

type TrafficFilter = Pick<ExportRequest, 'policy_id' | 'site_id' | 'endpoint_id' | 'edge_id'>;

/** A page of a list that is newest first. */
export interface ReaderPage {
  items: Row[];
  next_token: string | null;
}

/**
 * What exports read through: the answers of the API's queries, either asked over GraphQL or given by the resolvers in the same
 * process. Rows have the schema's fields.
 */
export interface ExportReader {
  /** policyHistory where a policy alone is asked for, else trafficHistory. */
  history(
    request: TrafficFilter & { from: string; to: string; resolution: Resolution },
  ): Promise<{ points: Row[] }>;
  /** trafficStats, or flowStats for groups of flows, with as many rows as it can give; `next_token` is null behind the last. */
  stats(request: {
    group_by: readonly ExportGroup[];
    from: string;
    to: string;
    filter: TrafficFilter;
    order_by: Order;
    next_token: string | null;
  }): Promise<Row>;
  /** A page of flows. */
  flows(request: {
    from: string;
    to: string;
    filter: TrafficFilter & Pick<ExportRequest, 'address' | 'port' | 'protocol' | 'application'>;
    next_token: string | null;
  }): Promise<ReaderPage>;
  /** A page of auditLog. */
  audit(
    request: Pick<ExportRequest, 'from' | 'to' | 'actor' | 'action' | 'target'> & {
      next_token: string | null;
    },
  ): Promise<ReaderPage>;
}
