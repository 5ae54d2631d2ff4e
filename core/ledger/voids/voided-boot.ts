import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../storage/item.ts';
import { updateItem } from '../../storage/item-update.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { bootPartsKey } from '../lane-keys.ts';

/** Which boot of which edge. */
export interface BootName {
  edge_id: string;
  boot_id: string;
}

/** What holds for all parts of a boot. */
export interface BootMark {
  /** Arrival of its first report, milliseconds; boots that earlier releases began don't say. */
  first_heard_at_ms: number | undefined;
  /** The audit id of the void that holds; undefined: it counts. */
  voided: string | undefined;
}

/**
 * Reads a boot's mark, strongly; undefined: no report of the boot was ever counted, nor was it
 * voided.
 */
export async function readBootMark(
  context: StoreContext,
  { edge_id, boot_id }: BootName,
): Promise<BootMark | undefined> {
  const { client, tables } = context;
  const Key = bootPartsKey(edge_id, boot_id);
  const read = new GetCommand({ TableName: tables.traffic, Key, ConsistentRead: true });
  const { Item } = await repeatUntil(context, () => client.send(read));
  return Item && { first_heard_at_ms: numberOf(Item, 'first_heard_at_ms'), voided: Item.voided };
}

function numberOf(item: Item, name: string): number | undefined {
  return item[name] === undefined ? undefined : Number(item[name]);
}

/** Makes a boot's reports count no more: its tombstone. Holds unless it has one. */
export function putTombstone(context: StoreContext, boot: BootName, audit_id: string): WriteAction {
  const condition = { expression: 'attribute_not_exists(#voided)' };
  return { Update: updateItem({ ...placeOf(context, boot), set: { voided: audit_id }, condition }) };
}

/** Takes the tombstone of this void away. */
export function removeTombstone(context: StoreContext, boot: BootName, audit_id: string): WriteAction {
  const condition = { expression: '#voided = :audit_id', values: { audit_id } };
  return { Update: updateItem({ ...placeOf(context, boot), remove: ['voided'], condition }) };
}

function placeOf({ tables }: StoreContext, { edge_id, boot_id }: BootName) {
  return { table: tables.traffic, key: bootPartsKey(edge_id, boot_id) };
}
