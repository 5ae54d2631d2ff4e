import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ValidationError } from '../errors.ts';
import type { Clock } from '../time/clock.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import type { FlowObjects } from './flow-objects.ts';

/**
 * Reports that reached the stream at or after `from` and before `to`, milliseconds since the epoch.
 */
export interface FlowLogRange {
  from: number;
  to: number;
  site_id?: string | undefined;
  edge_id?: string | undefined;
  /** Reports for which it returns false are left out; default: all pass. */
  includes?: ((report: { site_id: string; edge_id: string }) => boolean) | undefined;
}

/** The services for reading the log. */
export interface FlowLogStore {
  objects: FlowObjects;
  client: DynamoDBDocumentClient;
  /** The Traffic table, with the erased addresses and the flows of the last release. */
  table: string;
  clock: Clock;
  /** Reading ends at this time, milliseconds since the epoch. */
  deadline: number;
  /** How long a flow is kept after its arrival. */
  ttl_hours: number;
  /** Flows that had expired by then are left out, milliseconds since the epoch; default: now. */
  as_of?: number;
}

/** The flows of one report. */
export interface LoggedReport {
  edge_id: string;
  site_id: string;
  sent_at: string;
  interval_s: number;
  flows: FlowRecord[];
}

/** A flow in one report. */
export interface LoggedFlow extends FlowRecord {
  /** Identifies the report and the flow's place in it; the same in every answer. */
  id: string;
  /** Time when the report reached the stream, RFC 3339; undefined for flows of the last release. */
  arrived_at?: string;
  edge_id: string;
  site_id: string;
  sent_at: string;
  interval_s: number;
}

/** Start of a page: the flow with this number in the report with this key. */
export interface FlowPosition {
  sk: string;
  index: number;
}

export interface FlowPage {
  flows: LoggedFlow[];
  /** Undefined: there are no further flows. */
  next: FlowPosition | undefined;
}

/** The error for a range that has more flows than can be read. */
export function tooManyFlows(): ValidationError {
  return new ValidationError(
    'There are more flows in this range than one request can read: choose a shorter range, or one site or edge.',
  );
}
