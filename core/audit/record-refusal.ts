import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../storage/tables.ts';
import { auditPut, type Refusal, refusalEntry } from './audit-entry.ts';

/**
 * Longest request that is kept whole, characters of JSON: a refused attempt must not fill the
 * table.
 */
const MAX_REQUEST_LENGTH = 4096;

/** Writes a refused attempt to the audit log. @returns the entry's id */
export async function recordRefusal(
  { client, tables }: { client: DynamoDBDocumentClient; tables: TableNames },
  refusal: Refusal,
): Promise<string> {
  const entry = refusalEntry({ ...refusal, request: bounded(refusal.request) });
  await client.send(new PutCommand(auditPut({ tables, entry }).Put));
  return entry.id;
}

function bounded(request: unknown): unknown {
  const text = JSON.stringify(request) ?? 'null';
  return text.length <= MAX_REQUEST_LENGTH ? request : { cut_off: text.slice(0, MAX_REQUEST_LENGTH) };
}
