import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { acting } from './rights/acting.ts';

/*
 * Most queries of the tests read partitions that were never written: the lanes of three edges are
 * in three of 64 partitions, counters in one of 16 slots. Such queries are answered here, without a
 * call. The first query of each kind always goes to DynamoDB Local, which checks its expressions
 * and the rights of the calling function.
 */

/** The written partitions of each table that this process created. */
const written = new Map<string, Set<string>>();
const kindsAsked = new Set<string>();
let onlyWriter = true;

/** The real function, which a test with fake timers replaces. */
const { setImmediate } = globalThis;

/** Watches a new table. Only clients of {@link answerEmptyQueries} may write to it. */
export function watchPartitions(table: string): void {
  if (onlyWriter) written.set(table, new Set());
}

export function forgetPartitions(table: string): void {
  written.delete(table);
}

/**
 * From now on every query of this process goes to DynamoDB Local, because other clients and
 * programs write to its tables too.
 */
export function expectOtherWriters(): void {
  onlyWriter = false;
  written.clear();
}

/** Makes a client note its writes, and answer queries of partitions without an item. */
export function answerEmptyQueries(client: DynamoDBDocumentClient): void {
  client.middlewareStack.add(
    next => async args => {
      const input = args.input as Input;
      noteWrites(input);
      if (!isOfEmptyPartition(input)) return next(args);
      await new Promise<void>(resolve => setImmediate(resolve));
      const $metadata = { httpStatusCode: 200, attempts: 1, totalRetryDelay: 0 };
      return { output: { Items: [], Count: 0, ScannedCount: 0, $metadata }, response: undefined };
    },
    // After the middleware of the test itself.
    { step: 'initialize', priority: 'low', name: 'answerEmptyQueries' },
  );
}

/** A key in the form of the document client, or of the client below it. */
type Key = Record<string, unknown> | undefined;

interface Write {
  TableName?: string;
  Key?: Key;
  Item?: Key;
  UpdateExpression?: string;
}

interface Input extends Write {
  TransactItems?: Record<string, Write>[];
  RequestItems?: Record<string, { PutRequest?: Write }[] | object>;
  KeyConditionExpression?: string;
  ExpressionAttributeValues?: Record<string, unknown>;
  ReturnConsumedCapacity?: string;
  [setting: string]: unknown;
}

function noteWrites(input: Input): void {
  noteWrite(input);
  for (const action of input.TransactItems ?? []) for (const write of Object.values(action)) noteWrite(write);
  for (const [TableName, requests] of Object.entries(input.RequestItems ?? {})) {
    if (!Array.isArray(requests)) continue;
    for (const { PutRequest } of requests) noteWrite({ ...PutRequest, TableName });
  }
}

function noteWrite({ TableName, Item, Key, UpdateExpression }: Write): void {
  const pk = (Item ?? (UpdateExpression === undefined ? undefined : Key))?.pk;
  if (pk !== undefined) written.get(TableName!)?.add(textOf(pk));
}

function isOfEmptyPartition(input: Input): boolean {
  const { TableName = '', KeyConditionExpression, ReturnConsumedCapacity } = input;
  const partitions = written.get(TableName);
  if (!partitions || !KeyConditionExpression?.startsWith('pk = :pk') || ReturnConsumedCapacity) return false;
  const pk = textOf(input.ExpressionAttributeValues![':pk']);
  if (partitions.has(pk)) return false;
  const kind = kindOf(input, pk);
  if (kindsAsked.has(kind)) return true;
  kindsAsked.add(kind);
  return false;
}

/** Queries of one kind differ only in their values. */
function kindOf(
  { TableName, ExpressionAttributeValues, ExclusiveStartKey, ...input }: Input,
  pk: string,
): string {
  const table = TableName!.slice(TableName!.lastIndexOf('-'));
  return JSON.stringify([acting.getStore()?.name, table, pk.split('#', 1), Object.entries(input)]);
}

function textOf(value: unknown): string {
  return String((value as { S?: string }).S ?? value);
}
