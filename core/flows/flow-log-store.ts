import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ValidationError } from '../errors.ts';
import type { Clock } from '../time/clock.ts';
import type { FlowRecord } from '../totals/flow-record.ts';
import type { FlowObjects } from './flow-objects.ts';

/** Reports that the stream got at or after `from` and before `to`, milliseconds since the epoch. */
export interface FlowLogRange {
  from: number;
  to: number;
  site_id?: string | undefined;
  edge_id?: string | undefined;
  /** Reports that it refuses are left out; all pass when it is left out. */
  includes?: ((report: { site_id: string; edge_id: string }) => boolean) | undefined;
}

/** What the log is read with. */
export interface FlowLogStore {
  objects: FlowObjects;
  client: DynamoDBDocumentClient;
  /** The Traffic table: which addresses were erased, and the flows of the last release. */
  table: string;
  clock: Clock;
  /** No reading goes on after it, milliseconds since the epoch. */
  deadline: number;
  /** How long a flow is kept, from its arrival on. */
  ttl_hours: number;
  /**
   * What had outlived its time by then is left out, milliseconds since the epoch; now, when not
   * given.
   */
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

/** A flow as one report tells it. */
export interface LoggedFlow extends FlowRecord {
  /** Of report and place in it; the same in every answer. */
  id: string;
  /** When the stream got the report, RFC 3339; undefined for what the last release logged. */
  arrived_at?: string;
  edge_id: string;
  site_id: string;
  sent_at: string;
  interval_s: number;
}

/** Where a page begins: at the flow with this number of the report with this key. */
export interface FlowPosition {
  sk: string;
  index: number;
}

export interface FlowPage {
  flows: LoggedFlow[];
  /** Undefined: there is no more. */
  next: FlowPosition | undefined;
}

/** What is told when a range holds more than can be read. */
export function tooMuch(): ValidationError {
  return new ValidationError(
    'There are more flows in this range than one request can read: ask for a shorter range, or for one site or edge.',
  );
}
