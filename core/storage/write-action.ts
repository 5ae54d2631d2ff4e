import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

/** One action of a TransactWriteItems call, with plain values. */
export type WriteAction = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * A record of a transaction that bears the time of the try that commits it. It is made anew right
 * before each try, and two items make sure that only one try can commit it: the record, and a
 * receipt under an id that is the same in every try.
 */
export interface TimedRecord {
  /**
   * The record and its receipt, as {@link RECORD_ACTIONS} actions, and a third one of a record that
   * reverses another. The receipt is the last of them and is conditional on not being there.
   *
   * @param try_id what the receipt keeps of the try
   */
  actionsOfTry(now_ms: number, try_id: string): WriteAction[];
  /** Reads strongly which try has committed the record; undefined: none. */
  committedBy(client: DynamoDBDocumentClient): Promise<string | undefined>;
}

/** Actions of a transaction that a {@link TimedRecord} takes. */
export const RECORD_ACTIONS = 2;

/** What a transaction is planned of. At most one of it is a record. */
export type PlannedAction = WriteAction | TimedRecord;

export function isTimedRecord(action: PlannedAction): action is TimedRecord {
  return 'actionsOfTry' in action;
}
