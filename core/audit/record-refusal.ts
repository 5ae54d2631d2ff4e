import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beginOperation } from '../storage/begun-operation.ts';
import { conditionOf } from '../storage/item-update.ts';
import type { TableNames } from '../storage/tables.ts';
import type { Clock } from '../time/clock.ts';
import { type Refusal, refusalEntry } from './audit-entry.ts';
import { monthOf, placeOf, refusalPartition } from './audit-keys.ts';

/**
 * Longest request that is kept whole, characters of JSON: a refused attempt must not fill the
 * table.
 */
const MAX_REQUEST_LENGTH = 4096;

interface RefusalStore {
  client: DynamoDBDocumentClient;
  tables: TableNames;
  clock: Clock;
}

/** Writes a refused attempt to the audit log. @returns the entry's id */
export async function recordRefusal(store: RefusalStore, refusal: Refusal): Promise<string> {
  const { client, tables } = store;
  const begun = beginOperation(store);
  const { audit_id: id, started_ms: at_ms } = begun;
  const entry = refusalEntry(begun, { ...refusal, request: bounded(refusal.request) });
  await client.send(
    new PutCommand({
      TableName: tables.audit,
      Item: { pk: refusalPartition(monthOf(at_ms)), sk: placeOf({ at_ms, id }), ...entry },
      ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
    }),
  );
  return id;
}

function bounded(request: unknown): unknown {
  const text = JSON.stringify(request) ?? 'null';
  return text.length <= MAX_REQUEST_LENGTH ? request : { cut_off: text.slice(0, MAX_REQUEST_LENGTH) };
}
