import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { Throttled } from '../../../core/errors.ts';
import { ConditionFailed } from '../../../core/storage/retrying.ts';
import { transact } from '../../../core/storage/transact.ts';
import { cancelled, named } from '../../support/sdk-errors.ts';

interface Sent {
  tables: string[];
  token: string;
}

/** Answers each call by the next of these: an error, or undefined for done. */
function makeClient(...answers: (Error | undefined)[]) {
  const sent: Sent[] = [];
  const send = async ({ input }: { input: { TransactItems: never[]; ClientRequestToken: string } }) => {
    const items = input.TransactItems as { Put?: { TableName: string }; Update?: { TableName: string } }[];
    sent.push({
      tables: items.map(({ Put, Update }) => (Put ?? Update)!.TableName),
      token: input.ClientRequestToken,
    });
    const answer = answers[sent.length - 1];
    if (answer) throw answer;
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, sent };
}

const actions = [
  { Put: { TableName: 'network', Item: {} } },
  { Update: { TableName: 'cache', Key: {}, UpdateExpression: '' } },
];

function run(client: DynamoDBDocumentClient): Promise<number> {
  let now = 0;
  const retrying = {
    clock: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
    random: () => 0.5,
    deadline: 1000,
  };
  return transact(client, actions, retrying, { dispensable: 'cache' });
}

describe('a transaction with a dispensable table', () => {
  it.each([
    ['throttled', cancelled('None', 'ThrottlingError')],
    ['full of garbage', cancelled('None', 'ValidationError')],
    ['refused', named('ValidationException')],
    ['missing', named('ResourceNotFoundException')],
    ['forbidden', named('AccessDeniedException')],
  ])('is written without that table if it is %s', async (_what, error) => {
    const { client, sent } = makeClient(error);
    await run(client);
    expect(sent.map(({ tables }) => tables)).toEqual([['network', 'cache'], ['network']]);
    expect(sent[0]!.token).not.toBe(sent[1]!.token);
  });

  it.each([
    ['a conflict', cancelled('None', 'TransactionConflict')],
    ['throttling of the other table', cancelled('ThrottlingError', 'ThrottlingError')],
    ['throttling of an unknown table', named('ThrottlingException')],
    ['a lost response, which may have been a success', named('TimeoutError')],
  ])('is repeated in full after %s', async (_what, error) => {
    const { client, sent } = makeClient(error);
    await run(client);
    expect(sent.map(({ tables }) => tables)).toEqual([
      ['network', 'cache'],
      ['network', 'cache'],
    ]);
    expect(sent[0]!.token).toBe(sent[1]!.token);
  });

  it('fails on its own conditions and its own table', async () => {
    const condition = makeClient(cancelled('ConditionalCheckFailed', 'ThrottlingError'));
    await expect(run(condition.client)).rejects.toBeInstanceOf(ConditionFailed);
    const missing = named('ResourceNotFoundException');
    await expect(run(makeClient(missing, missing).client)).rejects.toBe(missing);
    const busy = Array.from({ length: 99 }, () => cancelled('ThrottlingError', 'None'));
    await expect(run(makeClient(...busy).client)).rejects.toThrow(
      new Throttled('The database is too busy to do this now. Try again in a minute.'),
    );
  });
});
