import { randomUUID } from 'node:crypto';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { withTimeLimit } from '../time/time-limit.ts';
import { classifyFailure } from './failure.ts';
import { ConditionFailed, type Retrying, repeatUntil } from './retrying.ts';
import { isTimedRecord, type PlannedAction, type TimedRecord, type WriteAction } from './write-action.ts';

/**
 * Time limit of one try of a transaction with a record, milliseconds. It bounds how far a record's
 * time is before the time at which it can be read (docs/decisions/135).
 */
const RECORD_TRY_MS = 15_000;

export interface TransactOptions {
  /** A table whose failure must not stop the rest: its actions are left out then. */
  dispensable?: string;
  /**
   * The plan and its operation, for operations that plan again. Default: a new operation with one
   * plan.
   */
  plan?: PlanId;
}

/** A plan of an operation. All plans of one operation write the same record. */
export interface PlanId {
  operation: string;
  number: number;
}

/**
 * Writes all actions or none. After a conflict, throttling or a lost answer it is repeated with
 * jitter. If the lost answer was of a committed write, the repetition succeeds without writing
 * again: without a record all tries have one request token, and a record's receipt names the try
 * that wrote it.
 *
 * @returns the number of the committed plan, which may be an earlier one whose answer was lost
 * @throws ConditionFailed (with the reasons) · Conflict or Throttled at the deadline
 */
export async function transact(
  client: DynamoDBDocumentClient,
  actions: PlannedAction[],
  retrying: Retrying,
  { dispensable, plan = { operation: randomUUID(), number: 0 } }: TransactOptions = {},
): Promise<number> {
  const record = actions.find(isTimedRecord);
  if (record) {
    return writeRecord(client, actions, retrying, { record, plan, dispensable });
  }
  const tries = withoutTroubled(actions as WriteAction[], dispensable);
  let input: TransactWriteCommandInput | undefined;
  await repeatUntil(retrying, () =>
    tries.send(TransactItems => {
      // One token for all tries of the same actions.
      if (input?.TransactItems !== TransactItems) {
        input = { TransactItems, ClientRequestToken: randomUUID() };
      }
      return client.send(new TransactWriteCommand(input));
    }),
  );
  return plan.number;
}

interface RecordWrite {
  record: TimedRecord;
  plan: PlanId;
  dispensable: string | undefined;
}

async function writeRecord(
  client: DynamoDBDocumentClient,
  planned: PlannedAction[],
  retrying: Retrying,
  { record, plan, dispensable }: RecordWrite,
): Promise<number> {
  const prefix = `${plan.operation}#`;
  const others = planned.filter(action => action !== record) as WriteAction[];
  const tries = withoutTroubled(others, dispensable);
  try {
    await repeatUntil(retrying, () =>
      tries.send(some => {
        // The record's actions are at the end, so that reasons have the other actions' own indexes.
        const own = record.actionsOfTry(retrying.clock(), prefix + plan.number);
        const input = { TransactItems: [...some, ...own], ClientRequestToken: randomUUID() };
        return withTimeLimit(RECORD_TRY_MS, abortSignal =>
          client.send(new TransactWriteCommand(input), { abortSignal }),
        );
      }),
    );
    return plan.number;
  } catch (cause) {
    if (!(cause instanceof ConditionFailed) || !failedAtReceipt(cause, tries.actions().length)) throw cause;
    const by = await repeatUntil(retrying, () => record.committedBy(client));
    if (!by?.startsWith(prefix)) throw cause;
    return Number(by.slice(prefix.length));
  }
}

function failedAtReceipt({ failure }: ConditionFailed, others: number): boolean {
  return failure.reasons.some(({ index }) => index >= others);
}

/** Sends actions. After trouble with the dispensable ones it sends the others without them. */
function withoutTroubled(actions: WriteAction[], dispensable: string | undefined) {
  const needed = actions.filter(action => tableOf(action) !== dispensable);
  // Indexes beyond the actions are a record's, which is needed.
  const isNeeded = (index: number) => index >= actions.length || needed.includes(actions[index]!);
  let left = actions;
  return {
    /** The actions that were sent last. */
    actions: () => left,
    async send(sendOnce: (actions: WriteAction[]) => Promise<unknown>): Promise<void> {
      try {
        await sendOnce(left);
      } catch (cause) {
        if (left.length === needed.length || !isTroubleOfOthers(cause, isNeeded)) throw cause;
        left = needed;
        await sendOnce(left);
      }
    },
  };
}

function tableOf({ Put, Update, Delete, ConditionCheck }: WriteAction): string | undefined {
  return (Put ?? Update ?? Delete ?? ConditionCheck)?.TableName;
}

// True when it is certain that nothing was written. The error doesn't say which action has a
// missing table, a missing permission or a refused value. If it is a needed action, the next try
// without the others fails in the same way.
function isTroubleOfOthers(cause: unknown, isNeeded: (action: number) => boolean): boolean {
  const { kind, reasons } = classifyFailure(cause);
  if (reasons.length === 0) return kind === 'fatal' || kind === 'validation';
  return (kind === 'throttled' || kind === 'validation') && !reasons.some(({ index }) => isNeeded(index));
}
