import { DeleteCommand, type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { classifyFailure } from '../../storage/failure.ts';
import { conditionOf } from '../../storage/item-update.ts';
import type { LevelCount } from '../cache-level.ts';
import { isExpired } from '../expiry.ts';
import type { RemovalLog } from '../generation/removal-log.ts';
import { EXPIRY_INDEX, partitionKeys } from './table-keys.ts';

export interface PartitionScope {
  client: DynamoDBDocumentClient;
  table: string;
  cache: string;
  generation: number;
  /** Milliseconds since the Unix epoch. */
  now: number;
}

/** How many deletes run at the same time. */
const CONCURRENT_DELETES = 16;

export interface CountScope extends PartitionScope {
  removals: RemovalLog;
  signal?: AbortSignal;
}

/**
 * Counts the entries of one generation that were not removed. Strongly consistent; the partitions
 * are read in parallel.
 */
export async function countPartitions(scope: CountScope): Promise<LevelCount> {
  const counts = await Promise.all(
    partitionKeys(scope.cache, scope.generation).map(pk => countPartition(scope, pk)),
  );
  const active = counts.reduce((sum, count) => sum + count.active, 0);
  const expired = counts.reduce((sum, count) => sum + count.expired, 0);
  return { total: active + expired, active, expired };
}

async function countPartition({ client, table, now, removals, signal }: CountScope, pk: string) {
  let active = 0;
  let expired = 0;
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ProjectionExpression: 'sk, expires_ms, removals',
      ConsistentRead: true,
    },
    signal ? { abortSignal: signal } : {},
  );
  for await (const page of pages) {
    for (const item of page.Items ?? []) {
      if (removals.mayName(item.sk, Number(item.removals ?? 0))) continue;
      const expires_ms = typeof item.expires_ms === 'number' ? item.expires_ms : 0;
      if (isExpired({ expires_ms }, now)) expired++;
      else active++;
    }
  }
  return { active, expired };
}

/**
 * Removes the expired entries of one generation and returns how many it removed. It reads only the
 * expired part of the expiry index, so its cost does not depend on the number of live entries.
 */
export async function sweepExpired(scope: PartitionScope): Promise<number> {
  const swept = await Promise.all(
    partitionKeys(scope.cache, scope.generation).map(pk => sweepPartition(scope, pk)),
  );
  return swept.reduce((sum, count) => sum + count, 0);
}

async function sweepPartition(scope: PartitionScope, pk: string): Promise<number> {
  const { client, table, now } = scope;
  let removed = 0;
  // Indexes are eventually consistent, so the delete checks the entry's own expiry.
  const pages = paginateQuery(
    { client, pageSize: CONCURRENT_DELETES },
    {
      TableName: table,
      IndexName: EXPIRY_INDEX,
      KeyConditionExpression: 'pk = :pk AND expires_ms <= :now',
      ExpressionAttributeValues: { ':pk': pk, ':now': now },
    },
  );
  for await (const page of pages) {
    const outcomes = await Promise.all(
      (page.Items ?? []).map(item => removeExpired(scope, item.pk, item.sk)),
    );
    removed += outcomes.filter(Boolean).length;
  }
  return removed;
}

async function removeExpired(
  { client, table, now }: PartitionScope,
  pk: string,
  sk: string,
): Promise<boolean> {
  try {
    const { Attributes } = await client.send(
      new DeleteCommand({
        TableName: table,
        Key: { pk, sk },
        ...conditionOf({ expression: '#expires_ms <= :now', values: { now } }),
        ReturnValues: 'ALL_OLD',
      }),
    );
    return Attributes !== undefined;
  } catch (error) {
    if (classifyFailure(error).kind === 'condition') return false;
    throw error;
  }
}

/**
 * Removes all entries of a generation that is no longer read, and returns how many it removed. The
 * partitions are emptied in parallel.
 */
export async function sweepGeneration(scope: PartitionScope): Promise<number> {
  const swept = await Promise.all(
    partitionKeys(scope.cache, scope.generation).map(pk => emptyPartition(scope, pk)),
  );
  return swept.reduce((sum, count) => sum + count, 0);
}

async function emptyPartition({ client, table }: PartitionScope, pk: string): Promise<number> {
  let removed = 0;
  const pages = paginateQuery(
    { client, pageSize: CONCURRENT_DELETES },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ProjectionExpression: 'pk, sk',
    },
  );
  for await (const page of pages) {
    const items = page.Items ?? [];
    await Promise.all(
      items.map(({ sk }) => client.send(new DeleteCommand({ TableName: table, Key: { pk, sk } }))),
    );
    removed += items.length;
  }
  return removed;
}
