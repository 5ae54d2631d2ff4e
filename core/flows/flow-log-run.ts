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
  /** No merge begins after it: milliseconds since the epoch. */
  work_until: number;
  /** The run is surely gone by then: milliseconds since the epoch. */
  lease_until_ms: number;
  /** Of this run alone. */
  owner: string;
  /** How long a flow is kept; 0 keeps none. */
  ttl_hours: number;
  slices: SliceRuns;
}

/** What a run did. */
export interface FlowLogResult {
  /** Whether another run was at work: then nothing was done. */
  busy: boolean;
  /** Objects before and after. */
  objects: number;
  expired: number;
  merged: number;
  /** Slices of large hours that runs of their own were begun for. */
  slices_begun: number;
  erasures_finished: number;
  /** Whether all that was due is done. */
  complete: boolean;
}
