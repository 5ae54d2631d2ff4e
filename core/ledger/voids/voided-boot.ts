import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../../storage/item.ts';
import { updateItem } from '../../storage/item-update.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { bootPartsKey } from '../lane-keys.ts';

/** Names a boot of an edge. */
export interface BootName {
  edge_id: string;
  boot_id: string;
}

/** Facts about a boot that all of its parts share. */
export interface BootMark {
  /**
   * When its earliest counted report arrived, milliseconds; undefined for boots that earlier
   * releases began.
   */
  first_heard_at_ms: number | undefined;
  /** The audit id of its void; undefined: the boot counts. */
  voided: string | undefined;
}

/** Reads a boot's mark, strongly; undefined: the boot has no counted report and was not voided. */
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

/** Puts a boot's tombstone, so that none of its reports counts. Fails if it has one. */
export function putTombstone(context: StoreContext, boot: BootName, audit_id: string): WriteAction {
  const condition = { expression: 'attribute_not_exists(#voided)' };
  return { Update: updateItem({ ...placeOf(context, boot), set: { voided: audit_id }, condition }) };
}

/** Removes the tombstone of this void. Fails if it is another void's. */
export function removeTombstone(context: StoreContext, boot: BootName, audit_id: string): WriteAction {
  const condition = { expression: '#voided = :audit_id', values: { audit_id } };
  return { Update: updateItem({ ...placeOf(context, boot), remove: ['voided'], condition }) };
}

function placeOf({ tables }: StoreContext, { edge_id, boot_id }: BootName) {
  return { table: tables.traffic, key: bootPartsKey(edge_id, boot_id) };
}
