import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemKey } from '../../storage/item.ts';
import { conditionOf } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import { bucketsOf } from '../lane-keys.ts';
import type { ListingContext } from './list-lanes.ts';

/*
 * Whether every lane is listed under its sites and endpoints. Lanes of a release before the lists
 * are not, until their next report or the clean-up lists them. The clean-up reads all lanes every
 * five minutes and stores what it finds (docs/decisions/165).
 */

const LISTING_PARTITION = 'LISTING';

/** The number of groups in which the clean-up reads lanes. Each is confirmed as a whole. */
const GROUPS = 4;

/** An earlier release may have written lanes of a group whose last check is older than this. */
const CONFIRMED_FOR_MS = 20 * 60_000;

/**
 * Two checks in a row, this far apart, found all lanes listed: no function of an earlier release
 * was still running.
 */
const SETTLED_AFTER_MS = 4 * 60_000;

const groupSchema = z.object({
  sk: z.string(),
  /**
   * Since when every check has found all lanes of the group listed, milliseconds; none: the last
   * check found others.
   */
  since: z.number().optional(),
  /** Time of the last check, milliseconds. */
  looked_at: z.number(),
});

/** All lane buckets in groups. */
export function listingGroups(): string[][] {
  return Array.from({ length: GROUPS }, (_, index) => bucketsOf({ index, of: GROUPS }));
}

/** One check of all lanes of a group. */
export interface ListingCheck {
  /** The group's buckets. */
  buckets: readonly string[];
  /** When it began, milliseconds. */
  began: number;
  /** Lanes that weren't listed when they were read. */
  unlisted: number;
}

/**
 * Stores the result of a check of all lanes of a group. If another check was stored meanwhile, that
 * one is kept.
 */
export async function noteListing(
  context: ListingContext,
  { buckets, began, unlisted }: ListingCheck,
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
    // Or this check was stored and its answer was lost.
    if (!(cause instanceof ConditionFailed)) throw cause;
  }
}

/**
 * Since when all lanes are listed, milliseconds; undefined: some may not be, and a reader has to
 * read all lanes.
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
