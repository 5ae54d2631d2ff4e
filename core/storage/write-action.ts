import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

/** One action of a TransactWriteItems call, with plain values. */
export type WriteAction = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * A record in a transaction that has the time of the try that commits it. It is made again right
 * before each try. It consists of two items, so that one of all tries can commit it: the record,
 * and a receipt under an id that is the same in every try.
 */
export interface TimedRecord {
  /**
   * The record and its receipt as {@link RECORD_ACTIONS} actions, and a third action if the record
   * reverses another. The receipt is the last of them, on condition that it doesn't exist.
   *
   * @param try_id the name of the try, which the receipt stores
   */
  actionsOfTry(now_ms: number, try_id: string): WriteAction[];
  /** Reads, strongly consistent, which try has committed the record; undefined: none. */
  committedBy(client: DynamoDBDocumentClient): Promise<string | undefined>;
}

/** The number of actions of a {@link TimedRecord}. */
export const RECORD_ACTIONS = 2;

/** A part of a planned transaction, which has at most one record. */
export type PlannedAction = WriteAction | TimedRecord;

export function isTimedRecord(action: PlannedAction): action is TimedRecord {
  return 'actionsOfTry' in action;
}
