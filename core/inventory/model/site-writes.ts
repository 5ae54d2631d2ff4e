import type { Item, ItemKey } from '../../storage/item.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { endpointKey, siteKey } from './inventory-keys.ts';
import { SITE_STATUS } from './site.ts';
import type { SiteItem } from './site-items.ts';

/** Puts an item where none stands. */
export function putNew(tables: TableNames, item: Item & ItemKey): WriteAction {
  return {
    Put: { TableName: tables.network, Item: item, ConditionExpression: 'attribute_not_exists(pk)' },
  };
}

export interface SiteChange {
  /** The site as it was read; nobody may have changed it since. */
  site: SiteItem;
  /** Attributes to set. */
  set?: Partial<SiteItem>;
  remove?: (keyof SiteItem)[];
  /** Whether an event tells of it: then the site's event number grows by one. */
  event: boolean;
}

/** Changes an active site's META under its lock: the version that was read. */
export function updateSiteItem(
  tables: TableNames,
  { site, set = {}, remove = [], event }: SiteChange,
): WriteAction {
  const values = { version: site.version + 1, ...(event && { seq: site.seq + 1 }), ...set };
  const names = [...Object.keys(values), ...remove];
  const sets = Object.keys(values).map((_, index) => `#${index} = :${index}`);
  const removes = remove.map((_, index) => `#${index + sets.length}`);
  return {
    Update: {
      TableName: tables.network,
      Key: siteKey(site.id),
      UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
      ConditionExpression: '#version = :was AND #status = :active',
      ExpressionAttributeNames: {
        ...Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
        '#version': 'version',
        '#status': 'status',
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.values(values).map((value, index) => [`:${index}`, value])),
        ':was': site.version,
        ':active': SITE_STATUS.active,
      },
    },
  };
}

/** Holds only while the site is there, if not yet shown, in this life of it. */
export function checkSiteIsThere(tables: TableNames, siteId: string, life: number): WriteAction {
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: siteKey(siteId),
      ConditionExpression: '#status IN (:active, :restoring) AND life = :life',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':active': SITE_STATUS.active,
        ':restoring': SITE_STATUS.restoring,
        ':life': life,
      },
    },
  };
}

/** Holds only while the site is gone or going. */
export function checkSiteIsGone(tables: TableNames, siteId: string): WriteAction {
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: siteKey(siteId),
      ConditionExpression: 'attribute_not_exists(pk) OR #status = :deleting',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':deleting': SITE_STATUS.deleting },
    },
  };
}

/** Holds only while the endpoint is there and is not being removed. */
export function checkEndpoint(tables: TableNames, siteId: string, endpointId: string): WriteAction {
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: endpointKey(siteId, endpointId),
      ConditionExpression: '#status = :active',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':active': 'ACTIVE' },
    },
  };
}
