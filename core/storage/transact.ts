import { randomUUID } from 'node:crypto';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { type Retrying, repeatUntil } from './retrying.ts';
import type { WriteAction } from './write-action.ts';

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
): Promise<void> {
  const input: TransactWriteCommandInput = { TransactItems: actions, ClientRequestToken: randomUUID() };
  await repeatUntil(retrying, () => client.send(new TransactWriteCommand(input)));
}
