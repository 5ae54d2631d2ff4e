import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Retrying } from './retrying.ts';
import { type TableNames, TRANSACTION_MAX_ACTIONS } from './tables.ts';

/**
 * What every operation on stored data needs. `deadline` is the end of the caller's time, in
 * milliseconds since the epoch.
 */
export interface StoreContext extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  /** How long a deleted site can be restored. Default {@link DEFAULT_ARCHIVE_DAYS}. */
  archive_days?: number;
  /**
   * Upper limit of the actions in a transaction. Default: DynamoDB's 100. Tests set it lower, so
   * that a small site needs several.
   */
  max_actions?: number;
}

export const DEFAULT_ARCHIVE_DAYS = 30;

export const maxActions = ({ max_actions = TRANSACTION_MAX_ACTIONS }: StoreContext): number => max_actions;

/** RFC 3339, UTC, milliseconds. */
export const timestamp = (ms: number): string => new Date(ms).toISOString();
