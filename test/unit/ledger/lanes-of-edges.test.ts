import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { readLanesOfEdge } from '../../../core/ledger/figures/read-lanes.ts';
import { laneKey } from '../../../core/ledger/lane-keys.ts';
import { readLanesOfEdges } from '../../../core/ledger/listing/lanes-of-edges.ts';
import { PackedDataUnreadable } from '../../../core/ledger/packing/packed-item.ts';
import { clientWith, FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { confirmLists, countReports } from '../../support/many-edges.ts';
import { T0 } from '../../support/report-records.ts';
import { storeContext } from '../../support/store-context.ts';

const TABLES = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };
/** Up to this number of edges of a site, each is read with a query of its own. */
const FEW = 32;

let store: FakeDynamoDb;
/** The lanes in batch requests, and the number of queries. */
let read: { lanes: string[]; queries: number };
beforeEach(() => {
  store = new FakeDynamoDb();
  read = { lanes: [], queries: 0 };
});

const client = clientWith(async command => {
  if (command instanceof QueryCommand) read.queries += 1;
  if (command instanceof BatchGetCommand) {
    for (const { Keys = [] } of Object.values(command.input.RequestItems ?? {}))
      read.lanes.push(...Keys.map(({ sk }) => String(sk)));
  }
  return store.send(command);
});
const context = storeContext({ client, tables: TABLES }, () => T0);

const edgesAt = (site_id: string, edges: number) =>
  Array.from({ length: edges }, (_, index) => ({ edge_id: `${site_id}-${index}`, site_id }));

const countAt = (edges: readonly { edge_id: string; site_id: string; part?: number; parts?: number }[]) =>
  countReports(
    context,
    edges.map((edge, index) => ({ ...edge, policies: [{ policy_id: '7', bytes: BigInt(index) }] })),
  );

const readOf = (edges: readonly { edge_id: string }[], ...sites: string[]) => {
  read = { lanes: [], queries: 0 };
  const ids = edges.map(({ edge_id }) => edge_id);
  return readLanesOfEdges({ ...context, table: TABLES.traffic }, ids, { sites });
};

const readOneByOne = async (edges: readonly { edge_id: string }[]) =>
  new Map(
    await Promise.all(
      edges.map(async ({ edge_id }) => [edge_id, await readLanesOfEdge(client, TABLES, edge_id)] as const),
    ),
  );

describe('reading the lanes of many edges of a site', () => {
  it('finds all parts in the list of the site, reads them in batches, and reads no lane of other edges', async () => {
    const edges = edgesAt('north', FEW + 1);
    const [first] = edges;
    await countAt([...edges.slice(1), { ...first!, part: 0, parts: 2 }, { ...first!, part: 1, parts: 2 }]);
    await countAt([{ edge_id: 'retired', site_id: 'north' }, ...edgesAt('south', 3)]);
    await confirmLists(context);
    const expected = await readOneByOne(edges);
    expect(expected.get(first!.edge_id)).toHaveLength(2);
    expect(await readOf(edges, 'north')).toEqual(expected);
    expect(read.lanes.sort()).toEqual(
      [...edges.map(edge => `${edge.edge_id}#0`), `${first!.edge_id}#1`].sort(),
    );
    // One for the completeness of the lists, and one for the site's list.
    expect(read.queries).toBe(2);
  });

  it('finds an edge that reports another site, and returns no lane for an edge that never reported', async () => {
    const edges = edgesAt('north', FEW + 2);
    const [astray, silent, ...others] = edges;
    await countAt([...others, { ...astray!, site_id: 'south' }]);
    await confirmLists(context);
    const lanes = await readOf(edges, 'north');
    expect(lanes).toEqual(await readOneByOne(edges));
    expect(lanes.get(astray!.edge_id)).toMatchObject([{ site_id: 'south' }]);
    expect(lanes.get(silent!.edge_id)).toEqual([]);
  });

  it('reads edge by edge while the lists are incomplete', async () => {
    const edges = edgesAt('north', FEW + 1);
    await countAt(edges);
    expect(await readOf(edges, 'north')).toEqual(await readOneByOne(edges));
    expect(read.lanes).toEqual([]);
  });

  it.each([FEW, FEW + 1])('fails if a part of an edge cannot be read, one of %i edges', async count => {
    const edges = edgesAt('north', count);
    await countAt(edges.flatMap(edge => [0, 1].map(part => ({ ...edge, part, parts: 2 }))));
    await confirmLists(context);
    const { pk, sk } = laneKey('north-5', 1);
    const [key, item] = [...store.items].find(([, stored]) => stored.pk === pk && stored.sk === sk)!;
    store.items.set(key, { ...item, data: Uint8Array.of(255) });
    await expect(readOf(edges, 'north')).rejects.toThrow(PackedDataUnreadable);
  });
});

it('reads the lanes of a site with few edges with one query for each edge', async () => {
  const edges = [...edgesAt('north', FEW + 1), ...edgesAt('south', FEW - 1)];
  await countAt(edges);
  await confirmLists(context);
  expect(await readOf(edges, 'north', 'south')).toEqual(await readOneByOne(edges));
  expect(read.lanes).toEqual([]);
});
