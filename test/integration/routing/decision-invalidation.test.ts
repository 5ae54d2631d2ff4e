import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROUTING_CACHE } from '../../../core/cache/forget-decisions.ts';
import { readGeneration } from '../../../core/cache/generation/generation.ts';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import { runningKey, waitingPartition } from '../../../core/inventory/model/inventory-keys.ts';
import { createPath } from '../../../core/inventory/paths/create-path.ts';
import { deletePath } from '../../../core/inventory/paths/delete-path.ts';
import { createPolicy, deletePolicy } from '../../../core/inventory/policies/change-policies.ts';
import { continueHandedOver } from '../../../core/inventory/removal/continue-handed-over.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { cachedDecision } from '../../../core/routing/decisions/cached-decision.ts';
import { policyRoutingSchema, setPolicyRouting } from '../../../core/routing/decisions/policy-routing.ts';
import type { RoutingKey } from '../../../core/routing/decisions/routing-cache.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { queryAll } from '../../../core/storage/strong-reads.ts';
import { makeProductCaches, type ProductCaches } from '../../../functions/product-caches.ts';
import { type FakeTime, fakeTime } from '../../support/fake-time.ts';
import { admin, newSite } from '../../support/network-bed.ts';
import { asFunction } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

let db: TestTables;
beforeAll(async () => {
  db = await createTables();
});
afterAll(() => db.drop());

let time: FakeTime;
let context: StoreContext;
/** Another function, which was not notified of anything. */
let other: ProductCaches;
let key: RoutingKey;
let paths: string[];

async function makeEndpoint(endpoint_id: string, cost_per_gb: number) {
  for (const site_id of [key.source_site_id, key.destination_site_id]) {
    const endpoint = {
      endpoint_id,
      address: `${endpoint_id}.example.com`,
      interface_type: 'FIBER',
      cost_per_gb,
    };
    await addEndpoint(context, admin, { site_id, ...endpoint });
  }
}

async function makePath(endpoint: string): Promise<string> {
  const { source_site_id, destination_site_id } = key;
  const ends = { source_endpoint_id: endpoint, destination_endpoint_id: endpoint };
  return (await createPath(context, admin, { source_site_id, destination_site_id, ...ends })).id;
}

beforeEach(async () => {
  time = fakeTime();
  const { client, tables } = db;
  context = {
    ...{ client, tables, clock: time.clock, sleep: async () => {}, random: () => 0 },
    deadline: Number.POSITIVE_INFINITY,
  };
  const [a, b] = [await newSite(context, 'A'), await newSite(context, 'B')];
  key = { policy_id: 'default', source_site_id: a.id, destination_site_id: b.id };
  const preference = { preference: { kind: 'LOWEST_COST' } };
  const routing = policyRoutingSchema.parse(preference);
  await setPolicyRouting(context, admin, { policy_id: 'default', routing });
  for (const [index, id] of ['wan1', 'wan2', 'wan3'].entries()) await makeEndpoint(id, (3 - index) / 100);
  paths = [await makePath('wan1'), await makePath('wan2')];
  other = makeProductCaches({ client, table: tables.cache, ...time });
});

const decide = () => cachedDecision(context, other, key).then(({ selected_path_id }) => selected_path_id);
const generation = async () =>
  (await readGeneration({ client: db.client, table: db.tables.cache, cache: ROUTING_CACHE })).generation;

/**
 * The answer of another function within a second of a change, although it had the decision in
 * memory.
 */
async function decidedAfter(change: () => Promise<unknown>) {
  await time.advance(900);
  await decide();
  await change();
  await time.advance(900);
  return decide();
}

const nowhere = () =>
  `There is no site "${key.destination_site_id}": the query sites lists those that exist.`;
const site = () => ({ site_id: key.destination_site_id });

describe('another function decides again within a second after', () => {
  it('the creation of a path', async () => {
    let cheap = '';
    const decided = await decidedAfter(async () => {
      cheap = await makePath('wan3');
    });
    expect(decided).toBe(cheap);
  });

  it('the deletion of a path', async () => {
    expect(await decidedAfter(() => deletePath(context, admin, { path_id: paths[1]! }))).toBe(paths[0]);
  });

  it('the claim of an endpoint for removal', async () => {
    const endpoint = { site_id: key.source_site_id, endpoint_id: 'wan2' };
    expect(await decidedAfter(() => removeEndpoint(context, admin, endpoint, { until: 0 }))).toBe(paths[0]);
  });

  it('the claim of a site for deletion', async () => {
    await expect(decidedAfter(() => deleteSite(context, admin, site(), { until: 0 }))).rejects.toThrow(
      nowhere(),
    );
  });

  it('the deletion of a policy', async () => {
    const input = { name: 'Web', priority: 5, enabled: true, match: {} };
    const { policy } = await createPolicy(context, admin, input);
    key = { ...key, policy_id: policy.id };
    await expect(decidedAfter(() => deletePolicy(context, admin, policy.id))).rejects.toThrow(
      `There is no policy "${policy.id}": the query policies lists those that exist.`,
    );
  });
});

describe('decisions are invalidated in the same transaction', () => {
  /** The number of times a change raises the generation. */
  async function raisesOf(change: () => Promise<unknown>) {
    const before = await generation();
    await change();
    return (await generation()) - before;
  }

  it('as the claim of a deletion and its end by the worker', async () => {
    expect(await raisesOf(() => deleteSite(context, admin, site(), { until: 0 }))).toBe(1);
    const takes = () =>
      asFunction('deletionworker', () =>
        continueHandedOver(context, runningKey(site().site_id), Number.POSITIVE_INFINITY),
      );
    expect(await raisesOf(takes)).toBe(1);
    expect(await raisesOf(takes)).toBe(0);
  });

  it('as the end of a deletion by the clean-up', async () => {
    const until = Number.POSITIVE_INFINITY;
    await time.advance(60_000);
    await finishDeletions(context, { until });
    await deleteSite(context, admin, site(), { until: 0 });
    await time.advance(60_000);
    expect(await raisesOf(() => finishDeletions(context, { until }))).toBe(1);
  });

  it('as the restore that makes a site visible, and not while it is hidden', async () => {
    await deleteSite(context, admin, site());
    expect(await raisesOf(() => restoreSite(context, admin, site(), { until: 0 }))).toBe(0);
    await expect(decide()).rejects.toThrow(nowhere());
    const takes = () =>
      asFunction('deletionworker', () =>
        continueHandedOver(context, runningKey(site().site_id), Number.POSITIVE_INFINITY),
      );
    expect(await raisesOf(takes)).toBe(1);
    expect(await decide()).toBe(paths[1]);
  });

  it('as the late return of a path to a visible site', async () => {
    const until = Number.POSITIVE_INFINITY;
    const [a, b] = [key.source_site_id, key.destination_site_id];
    for (const site_id of [a, b]) await deleteSite(context, admin, { site_id });
    await restoreSite(context, admin, { site_id: a });
    // The notes about the paths that wait for B become readable only when B is restored.
    const notes = (await queryAll(context, { pk: waitingPartition(b) })) as { pk: string; sk: string }[];
    const TableName = db.tables.network;
    for (const { pk, sk } of notes) {
      await db.client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
    }
    await restoreSite(context, admin, { site_id: b });
    for (const Item of notes) await db.client.send(new PutCommand({ TableName, Item }));
    await time.advance(60_000);
    expect(await decide()).toBeNull();
    expect(await raisesOf(() => finishDeletions(context, { until }))).toBe(1);
    await time.advance(900);
    expect(await decide()).toBe(paths[1]);
  });

  it('as the claim and the removal of an endpoint', async () => {
    const endpoint = { site_id: key.source_site_id, endpoint_id: 'wan2' };
    expect(await raisesOf(() => removeEndpoint(context, admin, endpoint))).toBe(2);
  });
});
