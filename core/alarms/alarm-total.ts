import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemKey } from '../storage/item.ts';
import { parseItem } from '../storage/parse-item.ts';
import { repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';

const KEY: ItemKey = { pk: 'ALARMS', sk: 'TOTAL' };

const totalSchema = z.object({ total: z.number() });

/** The number of alarms at the clean-up's last count; 0 before it. */
export async function readTotal({ client, tables, ...retrying }: StoreContext): Promise<number> {
  const get = new GetCommand({ TableName: tables.traffic, Key: KEY, ConsistentRead: true });
  const { Item } = await repeatUntil(retrying, () => client.send(get));
  return Item ? parseItem(totalSchema, Item).total : 0;
}

/** Stores the number of alarms; writes nothing if it has not changed. */
export async function keepTotal(context: StoreContext, total: number): Promise<void> {
  if ((await readTotal(context)) === total) return;
  const put = new PutCommand({ TableName: context.tables.traffic, Item: { ...KEY, total } });
  await repeatUntil(context, () => context.client.send(put));
}
