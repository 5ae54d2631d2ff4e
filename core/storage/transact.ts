import { randomUUID } from 'node:crypto';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { classifyFailure } from './failure.ts';
import { type Retrying, repeatUntil } from './retrying.ts';
import type { WriteAction } from './write-action.ts';

export interface TransactOptions {
  /** A table whose trouble must not stop the rest: then what concerns it is left out. */
  dispensable?: string;
}

/**
 * Writes all actions or none. A conflict, throttling or lost answer is repeated with jitter under one request token,
 * so that a write whose answer was lost counts as done when it is repeated.
 *
 * @throws ConditionFailed (with the reasons) · Conflict or Throttled at the deadline
 */
export async function transact(
  client: DynamoDBDocumentClient,
  actions: WriteAction[],
  retrying: Retrying,
  { dispensable }: TransactOptions = {},
): Promise<void> {
  let input = inputOf(actions);
  await repeatUntil(retrying, async () => {
    try {
      await client.send(new TransactWriteCommand(input));
    } catch (cause) {
      const needed = actions.filter(action => tableOf(action) !== dispensable);
      const all = input.TransactItems!.length === needed.length;
      if (all || !isTroubleOfOthers(cause, action => needed.includes(actions[action]!))) throw cause;
      input = inputOf(needed);
      await client.send(new TransactWriteCommand(input));
    }
  });
}

function inputOf(TransactItems: WriteAction[]): TransactWriteCommandInput {
  return { TransactItems, ClientRequestToken: randomUUID() };
}

function tableOf({ Put, Update, Delete, ConditionCheck }: WriteAction): string | undefined {
  return (Put ?? Update ?? Delete ?? ConditionCheck)?.TableName;
}

// Only where it is known that nothing was written. It is not said whose a missing table, a missing permission or a refused
// value is: if it is a needed one's, leaving out the rest fails in the same way.
function isTroubleOfOthers(cause: unknown, isNeeded: (action: number) => boolean): boolean {
  const { kind, reasons } = classifyFailure(cause);
  if (reasons.length === 0) return kind === 'fatal' || kind === 'validation';
  return (kind === 'throttled' || kind === 'validation') && !reasons.some(({ index }) => isNeeded(index));
}
