import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ExportDispatcher } from '../../core/export/export-dispatcher.ts';
import type { Retrying } from '../../core/storage/retrying.ts';
import type { TableNames } from '../../core/storage/tables.ts';

/** What a step works with; `deadline` is its own: it stops there, and the next run goes on. */
export interface StepContext extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** The instant that the schedule fired for, milliseconds since the epoch. */
  scheduled_at: number;
  /** From when on an edge that reports nothing is silent, seconds. */
  silent_after_s?: number;
  exports: ExportDispatcher;
}

/** One duty of the clean-up, independent of the others. */
export interface CleanupStep {
  name: string;
  /** What it did, for the log. */
  run(context: StepContext): Promise<Record<string, unknown>>;
}
