import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { BegunOperation } from '../storage/begun-operation.ts';
import { conditionOf } from '../storage/item-update.ts';
import { parseItem } from '../storage/parse-item.ts';
import type { TableNames } from '../storage/tables.ts';
import type { TimedRecord, WriteAction } from '../storage/write-action.ts';
import { type Change, changeEntry, type PendingEntry } from './audit-entry.ts';
import { changePartition, monthOf, placeOf, receiptKey, refusalPartition, undoneKey } from './audit-keys.ts';

/**
 * The record that commits a change's audit entry in the transaction of the change. The entry gets
 * its time and place right before each try; its receipt makes at most one try commit. It needs two
 * actions of the transaction, and a third one when it reverses another change, which makes that
 * change reversible at most once.
 */
export function auditAction(tables: TableNames, begun: BegunOperation, change: Change): TimedRecord {
  return entryRecord(tables, changeEntry(begun, change));
}

/** The record that commits an entry, see {@link auditAction}. */
export function entryRecord(tables: TableNames, pending: PendingEntry): TimedRecord {
  const { id, outcome, undoes } = pending;
  const partition = outcome === 'DONE' ? changePartition : refusalPartition;
  return {
    actionsOfTry(at_ms, try_id) {
      const key = { pk: partition(monthOf(at_ms)), sk: placeOf({ at_ms, id }) };
      const entry = { ...pending, at: new Date(at_ms).toISOString() };
      const receipt = { entry_pk: key.pk, entry_sk: key.sk, try_id };
      return [
        putOnce(tables, { ...key, ...entry }),
        ...(undoes === null ? [] : [putOnce(tables, { ...undoneKey(undoes), undone_by: id })]),
        putOnce(tables, { ...receiptKey(id), ...receipt }),
      ];
    },
    committedBy: async client => (await readReceipt({ client, tables }, id))?.try_id,
  };
}

const receiptSchema = z.object({ entry_pk: z.string(), entry_sk: z.string(), try_id: z.string() });

/** The receipt of a change, read strongly; undefined when none was committed under the id. */
export async function readReceipt(
  { client, tables }: { client: DynamoDBDocumentClient; tables: TableNames },
  id: string,
): Promise<z.infer<typeof receiptSchema> | undefined> {
  const { pk, sk } = receiptKey(id);
  // Functions may query this table; they have no right to get items.
  const query = new QueryCommand({
    TableName: tables.audit,
    KeyConditionExpression: 'pk = :pk AND sk = :sk',
    ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
    ConsistentRead: true,
  });
  const { Items = [] } = await client.send(query);
  return Items[0] && parseItem(receiptSchema, Items[0]);
}

function putOnce({ audit }: TableNames, Item: Record<string, unknown>): WriteAction {
  return { Put: { TableName: audit, Item, ...conditionOf({ expression: 'attribute_not_exists(#pk)' }) } };
}
