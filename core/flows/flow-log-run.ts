import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../time/clock.ts';
import type { FlowObjects } from './flow-objects.ts';
import type { SliceRuns } from './hour-slices.ts';

export interface FlowLogRun {
  objects: FlowObjects;
  client: DynamoDBDocumentClient;
  /** The Traffic table. */
  table: string;
  clock: Clock;
  /** No merge begins after this time, milliseconds since the epoch. */
  work_until: number;
  /** The run has certainly ended by then, milliseconds since the epoch. */
  lease_until_ms: number;
  /** Unique to this run. */
  owner: string;
  /** How long flows are kept; 0: not at all. */
  ttl_hours: number;
  slices: SliceRuns;
}

/** The result of a run. */
export interface FlowLogResult {
  /** Whether another run was in progress: then this one did nothing. */
  busy: boolean;
  /** Number of objects at the start. */
  objects: number;
  expired: number;
  merged: number;
  /** Number of slices of large hours for which other runs were started. */
  slices_begun: number;
  erasures_finished: number;
  /** Whether all due work is done. */
  complete: boolean;
}
