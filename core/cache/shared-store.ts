import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CacheLevel } from './cache-level.ts';
import { raiseGenerationAction, readGeneration } from './generation.ts';
import { TableLevel, type TableLevelOptions } from './table-level.ts';

/** A level that functions share, and the generation that says which of its entries live. */
export interface SharedStore<V> {
  level: CacheLevel<V>;
  /** Strongly consistent: what was cleared before the call is known after it. */
  readGeneration(signal: AbortSignal): Promise<number>;
  /** Makes every entry of every function dead, and answers the new generation. */
  raiseGeneration(): Promise<number>;
}

/** The store in the Cache table. */
export function tableStore<V>(options: TableLevelOptions<V>): SharedStore<V> {
  return {
    level: new TableLevel(options),
    readGeneration: async signal => (await readGeneration(options, signal)).generation,
    raiseGeneration: () => raiseGeneration(options),
  };
}

async function raiseGeneration(options: {
  client: DynamoDBDocumentClient;
  table: string;
  cache: string;
}): Promise<number> {
  const { Update } = raiseGenerationAction(options);
  const { Attributes } = await options.client.send(
    new UpdateCommand({ ...Update, Key: Update?.Key, TableName: options.table, ReturnValues: 'UPDATED_NEW' }),
  );
  return Number(Attributes?.generation);
}
