import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { generationKey } from './table-keys.ts';

/** Where a cache stands: entries of generations before `generation` are dead, those before `swept` are gone as well. */
export interface Generation {
  generation: number;
  swept: number;
}

/** Reads a cache's generation, strongly consistent: what was cleared before this call is known after it. */
export async function readGeneration(
  { client, table, cache }: { client: DynamoDBDocumentClient; table: string; cache: string },
  signal?: AbortSignal,
): Promise<Generation> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: generationKey(cache), ConsistentRead: true }),
    signal ? { abortSignal: signal } : {},
  );
  return { generation: Number(Item?.generation ?? 0), swept: Number(Item?.swept ?? 0) };
}

type TransactAction = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The action that clears a cache everywhere, to stand in one transaction with the reason for it. */
export function raiseGenerationAction({ table, cache }: { table: string; cache: string }): TransactAction {
  return {
    Update: {
      TableName: table,
      Key: generationKey(cache),
      UpdateExpression: 'ADD generation :one',
      ExpressionAttributeValues: { ':one': 1 },
    },
  };
}
