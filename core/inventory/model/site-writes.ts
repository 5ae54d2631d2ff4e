import type { Item, ItemKey } from '../../storage/item.ts';
import { conditionOf, updateItem } from '../../storage/item-update.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import { endpointKey, pathKey, siteKey } from './inventory-keys.ts';
import { SITE_STATUS } from './site.ts';
import type { PathItem, SiteItem } from './site-items.ts';

/** Puts an item; its condition: no item has the key. */
export function putNew(tables: TableNames, item: Item & ItemKey): WriteAction {
  return {
    Put: {
      TableName: tables.network,
      Item: item,
      ...conditionOf({ expression: 'attribute_not_exists(#pk)' }),
    },
  };
}

/** Deletes both copies of a path; the condition: they have this revision. */
export function deletePathCopies(tables: TableNames, path: PathItem): WriteAction[] {
  return [path.source_site_id, path.destination_site_id].map(siteId => ({
    Delete: {
      TableName: tables.network,
      Key: pathKey(siteId, path.id),
      ...conditionOf({ expression: '#rev = :rev', values: { rev: path.rev } }),
    },
  }));
}

export interface SiteChange {
  /** The site as it was read; the change fails when another change came first. */
  site: SiteItem;
  /** Attributes to set. */
  set?: Partial<SiteItem>;
  remove?: (keyof SiteItem)[];
  /** Whether the change publishes an event, which raises the site's event number by one. */
  event: boolean;
}

/** Changes an active site's META; the condition: the version that was read. */
export function updateSiteItem(tables: TableNames, { site, set, remove, event }: SiteChange): WriteAction {
  return {
    Update: updateItem({
      table: tables.network,
      key: siteKey(site.id),
      set: { version: site.version + 1, ...(event && { seq: site.seq + 1 }), ...set },
      ...(remove && { remove }),
      condition: {
        expression: '#version = :was AND #status = :active',
        values: { was: site.version, active: SITE_STATUS.active },
      },
    }),
  };
}

/** Condition: the site exists in this life, shown or being restored. */
export function checkSiteIsThere(tables: TableNames, siteId: string, life: number): WriteAction {
  const { active, restoring } = SITE_STATUS;
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: siteKey(siteId),
      ...conditionOf({
        expression: '#status IN (:active, :restoring) AND #life = :life',
        values: { active, restoring, life },
      }),
    },
  };
}

/** Condition: the site doesn't exist or is being deleted. */
export function checkSiteIsGone(tables: TableNames, siteId: string): WriteAction {
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: siteKey(siteId),
      ...conditionOf({
        expression: 'attribute_not_exists(#pk) OR #status = :deleting',
        values: { deleting: SITE_STATUS.deleting },
      }),
    },
  };
}

/** Condition: the endpoint exists and no operation holds it. */
export function checkEndpoint(tables: TableNames, siteId: string, endpointId: string): WriteAction {
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: endpointKey(siteId, endpointId),
      ...conditionOf({ expression: '#status = :active', values: { active: 'ACTIVE' } }),
    },
  };
}

/** Condition: the operation holds the endpoint. */
export function checkEndpointIsHeld(
  tables: TableNames,
  { site_id, endpoint_id, operation_id }: { site_id: string; endpoint_id: string; operation_id: string },
): WriteAction {
  return {
    ConditionCheck: {
      TableName: tables.network,
      Key: endpointKey(site_id, endpoint_id),
      ...conditionOf({ expression: '#removal_id = :id', values: { id: operation_id } }),
    },
  };
}
