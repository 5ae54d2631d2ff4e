import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { z } from 'zod';
import { type Caller, callerSchema } from '../access/caller.ts';
import { sha256 } from '../digest.ts';
import { fnv1a } from '../hash.ts';
import type { ItemKey } from '../storage/item.ts';
import { parseItem } from '../storage/parse-item.ts';
import type { TableNames } from '../storage/tables.ts';
import type { Clock } from '../time/clock.ts';
import type { Refusal } from './audit-entry.ts';

/** How many partitions the counts have, by caller, so that a caller's flood affects few others. */
export const REFUSAL_BUCKETS = 8;

export const MINUTE_MS = 60_000;

/** Partition of counts of refusals without an audit entry yet, in the Traffic table. */
export function refusedPartition(bucket: number): string {
  return `REFUSED#${bucket}`;
}

/**
 * How often a caller was refused within a minute for the same operation with the same error type.
 */
export interface RefusalCount extends ItemKey {
  count: number;
  /** Without an e-mail address. */
  actor: Caller;
  operation: string;
  error_type: Refusal['error_type'];
  /** Start of the minute, milliseconds. */
  minute_ms: number;
  /** Id of the first refusal's entry, which is written at once. */
  first_id: string;
  /** Id of the entry that clean-up writes for the others. */
  rest_id: string;
}

export const refusalCountSchema: z.ZodType<RefusalCount> = z.object({
  pk: z.string(),
  sk: z.string(),
  count: z.number(),
  actor: callerSchema,
  operation: z.string(),
  error_type: z.custom<Refusal['error_type']>(type => typeof type === 'string'),
  minute_ms: z.number(),
  first_id: z.string(),
  rest_id: z.string(),
});

export interface RefusalStore {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  clock: Clock;
}

/** Counts a refusal. @returns the count, including it */
export async function countRefusal(
  { client, tables, clock }: RefusalStore,
  { actor, operation, error_type }: Pick<Refusal, 'actor' | 'operation' | 'error_type'>,
): Promise<RefusalCount> {
  const now = clock();
  const minute_ms = now - (now % MINUTE_MS);
  const who = callerKey(actor);
  const fields = {
    actor,
    operation,
    error_type,
    minute_ms,
    first_id: ulid(now),
    rest_id: ulid(now),
  };
  const names = Object.keys(fields);
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: tables.traffic,
      Key: {
        pk: refusedPartition(fnv1a(who) % REFUSAL_BUCKETS),
        sk: `${minuteKey(minute_ms)}#${sha256(JSON.stringify([who, operation, error_type]), 'base64url')}`,
      },
      // The first refusal sets the fields.
      UpdateExpression: `ADD #count :one SET ${names.map(name => `#${name} = if_not_exists(#${name}, :${name})`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(['count', ...names].map(name => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':one': 1,
        ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return parseItem(refusalCountSchema, Attributes!);
}

/** Prefix of the sort keys of a minute's counts, which sort by time. */
export function minuteKey(minute_ms: number): string {
  return new Date(minute_ms).toISOString().slice(0, 16);
}

/** All sessions of a role are one caller, because it chooses their names. */
function callerKey({ kind, sub }: Caller): string {
  return kind === 'MACHINE' ? sub.replace(/^(arn:[^:]*:sts:.*:assumed-role\/[^/]+)\/.*$/, '$1') : sub;
}
