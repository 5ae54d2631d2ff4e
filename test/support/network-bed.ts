import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { systemCaller } from '../../core/access/caller.ts';
import { newPathId } from '../../core/inventory/model/path-id.ts';
import type { Path, Site } from '../../core/inventory/model/site.ts';
import {
  directoryItem,
  endpointItem,
  type PathItem,
  pathItem,
  siteItem,
} from '../../core/inventory/model/site-items.ts';
import { createSite } from '../../core/inventory/sites/create-site.ts';
import { batchPut } from '../../core/storage/batch-write.ts';
import type { Item } from '../../core/storage/item.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { auditEntries } from './audit-entries.ts';
import type { TestTables } from './tables.ts';

export const admin = { ...systemCaller('test'), email: 'admin@example.com' };

export interface NetworkBed {
  context: StoreContext;
  /** Advances the clock. */
  advance(ms: number): void;
}

/** A context whose clock moves only with `sleep`, so that back-off takes no time. */
export function networkBed(db: Pick<TestTables, 'client' | 'tables'>, budgetMs = 25_000): NetworkBed {
  let now = Date.UTC(2026, 0, 31, 12);
  let deadline = now + budgetMs;
  return {
    context: {
      client: db.client,
      tables: db.tables,
      clock: () => now,
      async sleep(ms) {
        now += ms;
      },
      random: () => 0.5,
      get deadline() {
        return deadline;
      },
    },
    advance(ms) {
      now += ms;
      deadline = now + budgetMs;
    },
  };
}

export interface Hub {
  hub: Site;
  peers: Site[];
  paths: Path[];
}

export interface HubShape {
  paths: number;
  /** Sites at the other ends; paths are assigned to them in turn. */
  peers?: number;
}

/**
 * A site with two endpoints and this number of paths to other sites, written at once like
 * createSite and other operations write them.
 */
export async function makeHub(
  { client, tables, sleep }: StoreContext,
  { paths, peers = 3 }: HubShape,
): Promise<Hub> {
  const sites = Array.from({ length: peers + 1 }, (_, index) => someSite(index));
  const [hub, ...others] = sites as [Site, ...Site[]];
  const made = Array.from({ length: paths }, (_, index) => somePath(index, hub, others[index % peers]!));
  const items: Item[] = [
    ...sites.flatMap(site => [
      siteItem({ ...site, version: 1, life: 1, seq: 1 }),
      directoryItem(site),
      ...['wan1', 'wan2'].map(id => someEndpoint(site.id, id)),
    ]),
    ...made.flatMap(path => [pathItem(path, path.source_site_id), pathItem(path, path.destination_site_id)]),
  ];
  await batchPut(items, { client, table: tables.network, sleep, concurrency: 4 });
  return { hub, peers: others, paths: made };
}

function someSite(index: number): Site {
  const created_at = new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString();
  return {
    id: crypto.randomUUID(),
    name: index === 0 ? 'Hub' : `Branch ${index}`,
    location: null,
    latitude: null,
    longitude: null,
    public_key: null,
    status: 'ACTIVE',
    created_at,
    updated_at: created_at,
  };
}

function someEndpoint(site_id: string, id: string): Item {
  return endpointItem({
    site_id,
    id,
    address: '192.0.2.1',
    interface_type: 'FIBER',
    cost_per_gb: 0.02,
    reachable: null,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    status: 'ACTIVE',
  });
}

function somePath(index: number, hub: Site, peer: Site): PathItem {
  // Every other path begins at the peer, so that both directions occur.
  const [source, destination] = index % 2 === 0 ? [hub, peer] : [peer, hub];
  return {
    id: newPathId(source.id),
    source_site_id: source.id,
    source_endpoint_id: 'wan1',
    destination_site_id: destination.id,
    destination_endpoint_id: index % 3 === 0 ? 'wan2' : 'wan1',
    wg_interface: `wg${index % 100}`,
    created_at: '2026-01-01T00:00:00.000Z',
    rev: `rev-${index}`,
    source_life: 1,
    destination_life: 1,
  };
}

/** Everything in the Network table, and the audit log, by key. */
export async function dump(context: StoreContext): Promise<Map<string, Item>> {
  const items = await dumpNetwork(context);
  for (const entry of await auditEntries(context)) items.set(`${entry.pk} ${entry.sk}`, entry);
  return items;
}

/** Everything in the Network table, by key. */
export async function dumpNetwork({ client, tables }: StoreContext): Promise<Map<string, Item>> {
  const items = new Map<string, Item>();
  let start: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tables.network,
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) items.set(`${item.pk} ${item.sk}`, item);
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

/**
 * The inventory as a client sees it: sites, endpoints and paths without the fields that only
 * writers use.
 */
export function inventoryOf(items: Map<string, Item>): Map<string, Item> {
  const bookkeeping = [
    'version',
    'life',
    'seq',
    'rev',
    'source_life',
    'destination_life',
    'updated_at',
    'leftovers',
  ];
  const kept = [...items].filter(([, { pk }]) => /^(SITE#|SITES$)/.test(pk as string));
  return new Map(
    kept
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [
        key,
        Object.fromEntries(Object.entries(item).filter(([name]) => !bookkeeping.includes(name))),
      ]),
  );
}

/** The audit entries of an operation. */
export function auditOf(items: Map<string, Item>, operation: string): Item[] {
  return [...items.values()].filter(
    ({ pk, operation: of }) => (pk as string).startsWith('CHANGE#') && of === operation,
  );
}

/** A site created as by a client. */
export const newSite = (context: StoreContext, name = 'Berlin'): Promise<Site> =>
  createSite(context, admin, { name });
