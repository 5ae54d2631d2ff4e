import { PutCommand, paginateScan, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { systemCaller } from '../../core/access/caller.ts';
import { auditAction } from '../../core/audit/audit-action.ts';
import type { Change } from '../../core/audit/audit-entry.ts';
import { legacyPartition } from '../../core/audit/audit-keys.ts';
import type { Item } from '../../core/storage/item.ts';
import type { TestTables } from './tables.ts';

/** A change without relevant content. */
export const someChange: Change = {
  actor: systemCaller('test'),
  operation: 'deletePolicy',
  target: null,
};

export interface Written {
  /** When it was committed; milliseconds. */
  at_ms: number;
  /** When it began; default: then. */
  started_ms?: number;
  /** Default: one of the time at which it began. */
  id?: string;
}

/** Commits an entry as an operation does. @returns its id */
export async function commitEntry(
  { client, tables }: Pick<TestTables, 'client' | 'tables'>,
  { at_ms, started_ms = at_ms, id = ulid(started_ms) }: Written,
  // The names include one that no operation of this release has.
  change: Omit<Change, 'operation'> & { operation: string } = someChange,
): Promise<string> {
  const record = auditAction(tables, { audit_id: id, started_ms }, change as Change);
  const TransactItems = record.actionsOfTry(at_ms, `try-${id}`);
  await client.send(new TransactWriteCommand({ TransactItems }));
  return id;
}

/** Puts an entry as the release before the Audit table did. @returns its id */
export async function putLegacyEntry(
  { client, tables }: Pick<TestTables, 'client' | 'tables'>,
  { at_ms, id = ulid(at_ms) }: Written,
  change: Omit<Change, 'operation'> & { operation: string } = someChange,
): Promise<string> {
  const at = new Date(at_ms).toISOString();
  const entry = {
    id,
    at,
    outcome: 'DONE',
    error_type: null,
    message: null,
    request: null,
    before: null,
    after: null,
    event: null,
    ...change,
  };
  const Item = { pk: legacyPartition(at.slice(0, 7)), sk: id, ...entry };
  await client.send(new PutCommand({ TableName: tables.network, Item }));
  return id;
}

/** Everything in the Audit table, including receipts, by key. */
async function auditItems({ client, tables }: Pick<TestTables, 'client' | 'tables'>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tables.audit }))
    items.push(...Items);
  return items.sort((a, b) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1));
}

/** The entries in the Audit table, in the order of the log, without events that are not changes. */
export async function auditEntries(t: Pick<TestTables, 'client' | 'tables'>): Promise<Item[]> {
  const entries = (await auditItems(t)).filter(({ pk }) => !/^(ENTRY|EVENT)#/.test(String(pk)));
  return entries.sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
}
