import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemKey } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { conditionHeld, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { type Notice, noticeItem, noticeKey, noticeOfItem, noticesOf } from './notice.ts';

/** All notices of a destination, delivered or not. @throws BrokenItem */
export async function readNotices(context: StoreContext, destination_id: string): Promise<Notice[]> {
  const { client, tables } = context;
  const notices: Notice[] = [];
  let start: ItemKey | undefined;
  do {
    const query = new QueryCommand({
      TableName: tables.traffic,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': noticesOf(destination_id) },
      ConsistentRead: true,
      ...(start && { ExclusiveStartKey: start }),
    });
    const { Items = [], LastEvaluatedKey } = await repeatUntil(context, () => client.send(query));
    notices.push(...Items.map(noticeOfItem));
    start = LastEvaluatedKey as ItemKey | undefined;
  } while (start);
  return notices;
}

/** The condition that a notice is as it was read, or doesn't exist. */
function asRead(before: Notice | undefined) {
  if (!before) return conditionOf({ expression: 'attribute_not_exists(#pk)' });
  const { delivery_id, attempts, state } = before;
  return conditionOf({
    expression: '#delivery_id = :delivery_id AND #attempts = :attempts AND #state = :state',
    values: { delivery_id, attempts, state },
  });
}

/** Replaces a notice that was read; false: another run was faster. */
export function putNotice(
  context: StoreContext,
  destination_id: string,
  { before, notice }: { before: Notice | undefined; notice: Notice },
): Promise<boolean> {
  const put = new PutCommand({
    TableName: context.tables.traffic,
    Item: noticeItem(destination_id, notice),
    ...asRead(before),
  });
  return conditionHeld(repeatUntil(context, () => context.client.send(put)));
}

/** Removes a notice that was read; false: another run was faster. */
export function removeNotice(
  context: StoreContext,
  destination_id: string,
  before: Notice,
): Promise<boolean> {
  const command = new DeleteCommand({
    TableName: context.tables.traffic,
    Key: noticeKey(destination_id, before.about),
    ...asRead(before),
  });
  return conditionHeld(repeatUntil(context, () => context.client.send(command)));
}
