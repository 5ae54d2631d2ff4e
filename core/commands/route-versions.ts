import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { ItemKey } from '../storage/item.ts';
import { conditionOf } from '../storage/item-update.ts';
import { readItem } from '../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../storage/retrying.ts';
import type { StoreContext } from '../storage/store-context.ts';

/** The beginning of the partitions of the sites' versions. */
export const ROUTES_PREFIX = 'ROUTES#';

/** In place of a site's id: the version for the edges of all sites. */
export const ALL_SITES = '*';

const versionSchema = z.object({ version: z.number() });

function versionKey(site_id: string): ItemKey {
  return { pk: ROUTES_PREFIX + site_id, sk: 'VERSION' };
}

/** The versions of the state from which an edge's paths and routes are made. */
export interface RouteVersions {
  /** Grows with each change that concerns the edges of one site; 0 before any change. */
  paths_version: number;
  /** Grows with each change of how policies choose among paths, which concerns all edges. */
  routing_version: number;
}

/**
 * The present version of one site, or of {@link ALL_SITES}. It is raised after the change that it
 * announces, so a strongly consistent read after this one sees at least that change.
 */
export async function readRouteVersion(context: StoreContext, site_id: string): Promise<number> {
  return (await readItem(context, versionKey(site_id), versionSchema))?.version ?? 0;
}

/**
 * Raises the version of a site, or of {@link ALL_SITES}, after a change of what its edges route by.
 * The stream then notifies them. If another call raises it at the same time, that version announces
 * this change as well.
 */
export async function raiseRouteVersion(context: StoreContext, site_id: string): Promise<void> {
  const was = await readRouteVersion(context, site_id);
  const put = new PutCommand({
    TableName: context.tables.network,
    Item: { ...versionKey(site_id), version: was + 1 },
    ...conditionOf(
      was === 0
        ? { expression: 'attribute_not_exists(#pk)' }
        : { expression: '#version = :was', values: { was } },
    ),
  });
  try {
    await repeatUntil(context, () => context.client.send(put));
  } catch (cause) {
    if (!(cause instanceof ConditionFailed)) throw cause;
  }
}

/** The version in an item of the Network table, and its site; undefined for any other item. */
export function routeVersionOf({
  pk,
  after,
}: {
  pk: string;
  after: Record<string, unknown> | undefined;
}): { site_id: string; version: number } | undefined {
  const found = pk.startsWith(ROUTES_PREFIX) ? versionSchema.safeParse(after).data : undefined;
  return found && { site_id: pk.slice(ROUTES_PREFIX.length), version: found.version };
}
