import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { readLanesWhere } from '../../ledger/listing/find-lanes.ts';
import type { ItemKey } from '../../storage/item.ts';
import { updateItem } from '../../storage/item-update.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { ConditionFailed, repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItems, queryAll, queryPages } from '../../storage/strong-reads.ts';
import type { TableNames } from '../../storage/tables.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import {
  EDGE_PARTITION,
  type EdgeItem,
  edgeFromItem,
  edgeItemSchema,
  type RegisteredEdge,
} from './edge-items.ts';
import { byEdgeId, type KnownEdge } from './read-edges.ts';

/*
 * Lists of the edges that were ever registered at a site. A registration puts an entry, which is
 * kept. Readers check each edge in the inventory, so an outdated entry costs one read
 * (docs/decisions/166).
 */

/** The partition of a site's list. */
export function siteEdgesPartition(site_id: string): string {
  return `SITE_EDGES#${site_id}`;
}

export const EDGE_LISTS_PARTITION = 'EDGE_LISTS';

const stateKey: ItemKey = { pk: EDGE_LISTS_PARTITION, sk: 'STATE' };

const stateSchema = z.object({
  /** When a check of all registered edges last found each of them listed, milliseconds. */
  complete_at: z.number(),
});

/** A function of a release without lists may have registered an edge since the last check. */
const CHECK_EVERY_MS = 24 * 3_600_000;

function entryKey(site_id: string, edge_id: string): ItemKey {
  return { pk: siteEdgesPartition(site_id), sk: edge_id };
}

/** The action that lists an edge under its site. */
export function listEdgeAction(
  { network }: Pick<TableNames, 'network'>,
  { site_id, sk }: EdgeItem,
): WriteAction {
  return { Put: { TableName: network, Item: entryKey(site_id, sk) } };
}

/** The edges in service at a site. */
export async function readEdgesOfSite(context: StoreContext, site_id: string): Promise<RegisteredEdge[]> {
  const edges = await readRegisteredAt(context, site_id);
  return edges.filter(({ retired_at }) => retired_at === null);
}

/** The edges in service at any of the sites. */
export async function readEdgesOfSites(
  context: StoreContext,
  site_ids: readonly string[],
): Promise<RegisteredEdge[]> {
  return (await Promise.all(site_ids.map(id => readEdgesOfSite(context, id)))).flat();
}

/**
 * The edges that are registered at a site, including retired ones, and unregistered edges that
 * report from it; by id.
 */
export async function readKnownEdgesOfSite(
  context: StoreContext,
  site_id: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<KnownEdge[]> {
  const known = new Map<string, KnownEdge>();
  for (const registration of await readRegisteredAt(context, site_id)) {
    known.set(registration.id, { id: registration.id, registration });
  }
  const heard = new Set<string>();
  const traffic = { ...context, table: context.tables.traffic };
  for await (const { edge_id } of readLanesWhere(traffic, { site_id })) heard.add(edge_id);
  const others = [...heard].filter(id => !known.has(id));
  const elsewhere = new Set((await readRegistered(context, others)).map(({ id }) => id));
  for (const id of others) if (!elsewhere.has(id)) known.set(id, { id, registration: null });
  const behind = [...known.values()].filter(edge => after === undefined || byEdgeId(edge, { id: after }) > 0);
  return behind.sort(byEdgeId).slice(0, limit);
}

async function readRegisteredAt(context: StoreContext, site_id: string): Promise<RegisteredEdge[]> {
  const edges = (await readState(context))
    ? await readRegistered(context, await readEntries(context, site_id))
    : (await queryAll(context, { pk: EDGE_PARTITION })).map(toEdge);
  return edges.filter(edge => edge.site_id === site_id).sort(byEdgeId);
}

async function readEntries(context: StoreContext, site_id: string): Promise<string[]> {
  const entries = await queryAll(context, { pk: siteEdgesPartition(site_id) });
  return entries.map(({ sk }) => String(sk));
}

async function readRegistered(context: StoreContext, ids: readonly string[]): Promise<RegisteredEdge[]> {
  const items = await getItems(
    context,
    ids.map(sk => ({ pk: EDGE_PARTITION, sk })),
  );
  return items.map(toEdge);
}

const toEdge = (item: Record<string, unknown>): RegisteredEdge =>
  edgeFromItem(parseItem(edgeItemSchema, item));

/** @returns undefined until every edge is listed */
async function readState(context: StoreContext): Promise<z.output<typeof stateSchema> | undefined> {
  const get = new GetCommand({ TableName: context.tables.network, Key: stateKey, ConsistentRead: true });
  const { Item } = await repeatUntil(context, () => context.client.send(get));
  return Item && parseItem(stateSchema, Item);
}

export interface ListedEdges {
  /** How many edges this run listed. */
  listed: number;
}

/**
 * Once a day lists the edges that a release without lists has registered. Readers use the lists
 * after a check that found every edge listed.
 *
 * @throws Throttled at the deadline
 */
export async function listRegisteredEdges(context: StoreContext): Promise<ListedEdges> {
  const state = await readState(context);
  const now = context.clock();
  if (state && now - state.complete_at < CHECK_EVERY_MS) return { listed: 0 };
  const { network } = context.tables;
  let listed = 0;
  for await (const page of queryPages(context, { pk: EDGE_PARTITION })) {
    const unlisted = page.map(item => parseItem(edgeItemSchema, item)).filter(item => item.listed !== true);
    listed += unlisted.length;
    for (const item of unlisted) {
      // One by one: the right to write batches would include deleting any item of the table.
      const entry = new PutCommand({ TableName: network, Item: { ...entryKey(item.site_id, item.sk) } });
      await repeatUntil(context, () => context.client.send(entry));
      await markListed(context, item);
    }
  }
  if (listed === 0) {
    const put = new PutCommand({ TableName: network, Item: { ...stateKey, complete_at: now } });
    await repeatUntil(context, () => context.client.send(put));
  }
  return { listed };
}

/** An edge that changed meanwhile is checked again by the next run. */
async function markListed(context: StoreContext, { pk, sk, revision }: EdgeItem): Promise<void> {
  const update = new UpdateCommand(
    updateItem({
      table: context.tables.network,
      key: { pk, sk },
      set: { listed: true },
      condition: { expression: '#revision = :revision', values: { revision } },
    }),
  );
  try {
    await repeatUntil(context, () => context.client.send(update));
  } catch (cause) {
    if (!(cause instanceof ConditionFailed)) throw cause;
  }
}
