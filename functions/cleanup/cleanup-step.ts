import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ExportDispatcher } from '../../core/export/export-dispatcher.ts';
import type { Retrying } from '../../core/storage/retrying.ts';
import type { TableNames } from '../../core/storage/tables.ts';

/** What a step works with. `deadline` is its own: it stops then, and the next run continues. */
export interface StepContext extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** The time that the schedule fired for, milliseconds since the epoch. */
  scheduled_at: number;
  /** Seconds without a report after which an edge is silent. */
  silent_after_s?: number;
  exports: ExportDispatcher;
}

/** One task of the clean-up, independent of the others. */
export interface CleanupStep {
  name: string;
  /** Runs the step. @returns what it did, for the log */
  run(context: StepContext): Promise<Record<string, unknown>>;
}
