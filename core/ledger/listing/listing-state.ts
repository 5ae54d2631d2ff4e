import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemKey } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import { bucketsOf } from '../lane-keys.ts';
import type { ListingContext } from './list-lanes.ts';

/*
 * Whether every lane is listed under its sites and endpoints. Lanes that a release before the lists
 * wrote are not, until their next report or the clean-up lists them. The clean-up reads all lanes
 * each five minutes, so it knows (docs/decisions/165).
 */

const LISTING_PARTITION = 'LISTING';

/** The clean-up reads lanes in so many groups; each is confirmed as a whole. */
const GROUPS = 4;

/** A group that was looked at longer ago may have been written by an earlier release since. */
const CONFIRMED_FOR_MS = 20 * 60_000;

/**
 * Two looks in a row found all lanes listed: no function of an earlier release was still at work.
 */
const SETTLED_AFTER_MS = 4 * 60_000;

const groupSchema = z.object({
  sk: z.string(),
  /**
   * Since when every look has found all lanes of the group listed, milliseconds; none: the last one
   * didn't.
   */
  since: z.number().optional(),
  /** The last look, milliseconds. */
  looked_at: z.number(),
});

/** All lane buckets in groups. */
export function listingGroups(): string[][] {
  return Array.from({ length: GROUPS }, (_, index) => bucketsOf({ index, of: GROUPS }));
}

/** One look at all lanes of a group. */
export interface ListingLook {
  /** The group's buckets. */
  buckets: readonly string[];
  /** When it began, milliseconds. */
  began: number;
  /** Lanes that weren't listed when they were read. */
  unlisted: number;
}

/**
 * Notes what a look at all lanes of a group has found. Where another look was noted meanwhile, that
 * one holds.
 */
export async function noteListing(
  context: ListingContext,
  { buckets, began, unlisted }: ListingLook,
): Promise<void> {
  const { client, tables } = context;
  const key = groupKey(buckets);
  const read = new GetCommand({ TableName: tables.traffic, Key: key, ConsistentRead: true });
  const { Item } = await repeatUntil(context, () => client.send(read));
  const before = Item && parseItem(groupSchema, Item);
  const goesOn = before?.since !== undefined && began - before.looked_at <= CONFIRMED_FOR_MS;
  const since = unlisted > 0 ? {} : { since: goesOn ? before.since : began };
  const unchanged = before
    ? conditionOf({ expression: '#looked_at = :before', values: { before: before.looked_at } })
    : conditionOf({ expression: 'attribute_not_exists(#pk)' });
  const put = new PutCommand({
    TableName: tables.traffic,
    Item: { ...key, looked_at: began, ...since },
    ...unchanged,
  });
  try {
    await repeatUntil(context, () => client.send(put));
  } catch (cause) {
    // Also where a lost answer hid that it is done.
    if (!(cause instanceof ConditionFailed)) throw cause;
  }
}

/**
 * Since when all lanes are listed as they are, milliseconds; undefined: they may not be, and a
 * reader of some of them has to read all.
 *
 * @throws Throttled at the deadline
 */
export async function listedSince(context: ListingContext): Promise<number | undefined> {
  const { client, tables, clock } = context;
  const query = new QueryCommand({
    TableName: tables.traffic,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': LISTING_PARTITION },
    ConsistentRead: true,
  });
  const { Items = [] } = await repeatUntil(context, () => client.send(query));
  const groups = new Map(Items.map(item => parseItem(groupSchema, item)).map(group => [group.sk, group]));
  let latest = 0;
  for (const buckets of listingGroups()) {
    const { since, looked_at = 0 } = groups.get(groupKey(buckets).sk) ?? {};
    if (since === undefined || looked_at - since < SETTLED_AFTER_MS) return undefined;
    if (clock() - looked_at > CONFIRMED_FOR_MS) return undefined;
    latest = Math.max(latest, since);
  }
  return latest;
}

function groupKey(buckets: readonly string[]): ItemKey {
  return { pk: LISTING_PARTITION, sk: buckets[0]! };
}
