import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { Conflict } from '../../../core/errors.ts';
import { restoreEndpoint } from '../../../core/inventory/archive/restore-endpoint.ts';
import { restoreSite } from '../../../core/inventory/archive/restore-site.ts';
import {
  endpointKey,
  pathKey,
  siteKey,
  sitePartition,
} from '../../../core/inventory/model/inventory-keys.ts';
import { MAX_ENDPOINTS } from '../../../core/inventory/model/site.ts';
import { endpointItem, type PathItem, pathItem } from '../../../core/inventory/model/site-items.ts';
import { deletePath } from '../../../core/inventory/paths/delete-path.ts';
import { continueOperation } from '../../../core/inventory/removal/continue-operation.ts';
import { deleteSite } from '../../../core/inventory/removal/delete-site.ts';
import { finishDeletions } from '../../../core/inventory/removal/finish-deletions.ts';
import { readRunning } from '../../../core/inventory/removal/operation-entry.ts';
import { removeEndpoint } from '../../../core/inventory/removal/remove-endpoint.ts';
import { type PathRemoval, removePaths } from '../../../core/inventory/removal/remove-paths.ts';
import { readPartition } from '../../../core/inventory/removal/site-partition.ts';
import { addEndpoint } from '../../../core/inventory/sites/add-endpoint.ts';
import { batchPut } from '../../../core/storage/batch-write.ts';
import { updateItem } from '../../../core/storage/item-update.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { pathPlaces, pathsIn } from '../../support/inventory-check.ts';
import { localClient } from '../../support/local-client.ts';
import { admin, auditOf, dump, makeHub, type NetworkBed } from '../../support/network-bed.ts';
import { pausingBefore, pausingClient } from '../../support/pausing-client.ts';
import { useNetwork, withNetwork } from '../../support/use-network.ts';

const forever = { until: Number.POSITIVE_INFINITY };
/** Seven paths a transaction. */
const SMALL_TRANSACTIONS = 16;
const reverses = { audit_id: '01KKRNW4G00000000000000000', by_undo: true };

/** Puts copies of a path into both its sites unchanged, whatever exists. */
const putPath = ({ client, tables, sleep }: StoreContext, path: PathItem) =>
  batchPut([pathItem(path, path.source_site_id), pathItem(path, path.destination_site_id)], {
    ...{ client, table: tables.network, sleep },
  });

async function* one<T>(page: T[]): AsyncGenerator<T[]> {
  yield page;
}

describe('a removal of paths', () => {
  const network = useNetwork();

  async function hubPaths(paths: number): Promise<{ site_id: string; paths: PathItem[] }> {
    const { context } = network.bed;
    const { hub } = await makeHub(context, { paths });
    const found: PathItem[] = [];
    for await (const page of (await readPartition(context, hub.id)).paths) found.push(...page);
    return { site_id: hub.id, paths: found };
  }

  const remove = (
    { site_id, paths }: { site_id: string; paths: PathItem[] | AsyncIterable<PathItem[]> },
    how: Partial<PathRemoval>,
  ) => {
    const { context } = network.bed;
    const pages = Array.isArray(paths) ? one(paths) : paths;
    return removePaths({ ...context, max_actions: SMALL_TRANSACTIONS }, pages, {
      which: () => true,
      companion: { archive: { site_id, operation_id: 'o', expires_at: 1 } },
      concurrency: 1,
      leave: 0,
      ...forever,
      ...how,
    });
  };

  const places = async ({ paths }: { paths: PathItem[] }) => {
    const items = await dump(network.bed.context);
    const [there, all] = [pathsIn(items), pathPlaces(items)];
    expect(paths.map(({ id }) => all.get(id))).toEqual(paths.map(() => 1));
    return { there: paths.filter(({ id }) => there.has(id)).length };
  };

  it("leaves at most as many paths as the caller's last transaction can remove", async () => {
    const hub = await hubPaths(9);
    expect(await remove(hub, { leave: 2 })).toEqual(hub.paths.slice(7));
    expect(await places(hub)).toEqual({ there: 2 });
    const other = await hubPaths(9);
    expect(await remove(other, { leave: 1 })).toEqual([]);
    expect(await places(other)).toEqual({ there: 0 });
  });

  it('begins no transaction after its deadline', async () => {
    const { bed } = network;
    const hub = await hubPaths(15);
    const until = bed.context.clock() + 1;
    expect(await remove(hub, { until, onRemoved: () => bed.advance(1) })).toBeUndefined();
    expect(await places(hub)).toEqual({ there: 8 });
  });

  it('does not begin the last transaction if its deadline has passed after the read', async () => {
    const { bed } = network;
    const hub = await hubPaths(3);
    const until = bed.context.clock() + 1;
    async function* slowly(): AsyncGenerator<PathItem[]> {
      yield hub.paths;
      bed.advance(1);
    }
    expect(await remove({ ...hub, paths: slowly() }, { until })).toBeUndefined();
    expect(await places(hub)).toEqual({ there: 3 });
  });

  it('never archives a path that another operation has removed or created again', async () => {
    const { context } = network.bed;
    const hub = await hubPaths(5);
    const [removed, again, ...others] = hub.paths as [PathItem, PathItem, ...PathItem[]];
    await deletePath(context, admin, { path_id: removed.id });
    await putPath(context, { ...again, rev: 'later' });
    const counts: number[][] = [];
    await remove(hub, { onRemoved: (...count) => counts.push(count) });
    expect(counts).toEqual([[3, 5]]);
    expect(await places({ paths: [again, ...others] })).toEqual({ there: 1 });
    expect(pathPlaces(await dump(context)).has(removed.id)).toBe(false);
  });

  it('never removes a path that was created again after the read', async () => {
    const { context } = network.bed;
    const hub = await hubPaths(3);
    await putPath(context, { ...hub.paths[0]!, rev: 'later' });
    const counts: number[][] = [];
    await remove(hub, { onRemoved: (...count) => counts.push(count) });
    expect(counts).toEqual([[2, 3]]);
    expect(await places(hub)).toEqual({ there: 1 });
  });

  it('skips a path that exists at only one of its sites', async () => {
    const { context } = network.bed;
    const hub = await hubPaths(3);
    const { source_site_id, id } = hub.paths[0]!;
    const Key = pathKey(source_site_id, id);
    await context.client.send(new DeleteCommand({ TableName: context.tables.network, Key }));
    const counts: number[][] = [];
    await remove(hub, { onRemoved: (...count) => counts.push(count) });
    expect(counts).toEqual([[2, 3]]);
    expect(await places({ paths: hub.paths.slice(1) })).toEqual({ there: 0 });
  });

  it('removes no path of a chunk if the check fails', async () => {
    const { tables } = network.bed.context;
    const hub = await hubPaths(3);
    const { site_id } = hub;
    const isGone = { ConditionExpression: 'attribute_not_exists(pk)' };
    const check = {
      ConditionCheck: { TableName: tables.network, Key: endpointKey(site_id, 'wan1'), ...isGone },
    };
    const archive = { site_id, operation_id: 'o', expires_at: 1 };
    expect(await remove(hub, { companion: { archive, check } })).toEqual([]);
    expect(await places(hub)).toEqual({ there: 3 });
  });
});

describe('a deletion', () => {
  const network = useNetwork();

  it('removes only paths of the life that it ends', async () => {
    const { context } = network.bed;
    const { hub, peers, paths } = await makeHub(context, { paths: 2 });
    await deleteSite(context, admin, { site_id: hub.id }, { until: context.clock() });
    const later = { ...paths[0]!, id: `${paths[0]!.id}x`, destination_site_id: peers[0]!.id };
    await putPath(context, { ...later, rev: 'later', source_life: 2, destination_life: 1 });
    const [operation] = await readRunning(context);
    expect(await continueOperation(context, operation!, forever.until)).toBe(true);
    const there = pathsIn(await dump(context));
    expect([later, ...paths].map(({ id }) => there.has(id))).toEqual([true, false, false]);
  });

  it('finds at most 64 endpoints, all in the first page', async () => {
    const { client, tables, sleep, ...context } = network.bed.context;
    const { hub, paths } = await makeHub({ client, tables, sleep, ...context }, { paths: 3 });
    const shape = { site_id: hub.id, interface_type: 'LTE', cost_per_gb: 0, reachable: null } as const;
    const times = { created_at: hub.created_at, updated_at: hub.created_at };
    const more = Array.from({ length: MAX_ENDPOINTS - 2 }, (_, n) =>
      endpointItem({ ...shape, ...times, id: `lte${n}`, address: `192.0.2.${n}`, status: 'ACTIVE' }),
    );
    await batchPut(more, { client, table: tables.network, sleep });
    const { message } = await deleteSite(network.bed.context, admin, { site_id: hub.id });
    expect(message).toContain('with 64 endpoints and 3 paths.');
    const items = await dump(network.bed.context);
    expect([...items.keys()].filter(key => key.startsWith(sitePartition(hub.id)))).toEqual([]);
    expect(paths.map(({ id }) => pathPlaces(items).get(id))).toEqual([1, 1, 1]);
  });
});

it('a deletion fails with a Conflict if another deletion of the site ends during the request', async () => {
  await withNetwork(async ({ context }) => {
    const { hub } = await makeHub(context, { paths: 0 });
    const site_id = hub.id;
    const client = pausingBefore('TransactWriteItems', async () => {
      await deleteSite(context, admin, { site_id });
    });
    await expect(deleteSite({ ...context, client, deadline: Infinity }, admin, { site_id })).rejects.toThrow(
      new Conflict(`Site ${site_id} is being deleted. When that is done, restoreSite can bring it back.`),
    );
    client.destroy();
  });
});

describe('the transactions of an operation', () => {
  const network = useNetwork();

  it.each([
    { paths: 3, max_actions: 17 },
    { paths: 4, max_actions: 17 },
    { paths: 6, max_actions: 17 },
    { paths: 12, max_actions: 16 },
    { paths: 12, max_actions: 17 },
  ])('have at most $max_actions actions, with $paths paths', async ({ paths, max_actions }) => {
    const { bed } = network;
    const client = localClient();
    const sizes: number[] = [];
    client.middlewareStack.add(
      next => async args => {
        const { TransactItems } = args.input as { TransactItems?: unknown[] };
        if (TransactItems) sizes.push(TransactItems.length);
        return next(args);
      },
      { step: 'initialize', name: 'sizes' },
    );
    const context = { ...bed.context, client, max_actions, deadline: Number.POSITIVE_INFINITY };
    let undos = 0;
    const undo = () => ({ reverses: { ...reverses, audit_id: `${max_actions} ${paths} ${undos++}` } });
    for (const options of [() => ({}), undo]) {
      const { hub } = await makeHub(bed.context, { paths });
      const site_id = hub.id;
      await removeEndpoint(context, admin, { site_id, endpoint_id: 'wan1' });
      await deleteSite(context, admin, { site_id }, options());
      bed.advance(1000);
      await restoreSite(context, admin, { site_id });
      const whole = await makeHub(bed.context, { paths });
      await deleteSite(context, admin, { site_id: whole.hub.id }, options());
    }
    client.destroy();
    expect(Math.max(...sizes)).toBeLessThanOrEqual(max_actions);
  });
});

type Begin = (bed: NetworkBed, site_id: string) => Promise<unknown>;

/** Begins an operation without time to continue, on the site or on its endpoint wan1. */
const BEGIN: Record<string, { begin: Begin; endpoint?: true }> = {
  deleteSite: {
    begin: ({ context }, site_id) => deleteSite(context, admin, { site_id }, { until: context.clock() }),
  },
  restoreSite: {
    begin: async ({ context, advance }, site_id) => {
      await deleteSite(context, admin, { site_id });
      advance(1000);
      await restoreSite(context, admin, { site_id }, { until: context.clock() });
    },
  },
  removeEndpoint: {
    endpoint: true,
    begin: ({ context }, site_id) =>
      removeEndpoint(context, admin, { site_id, endpoint_id: 'wan1' }, { until: context.clock() }),
  },
  restoreEndpoint: {
    endpoint: true,
    begin: async ({ context, advance }, site_id) => {
      await removeEndpoint(context, admin, { site_id, endpoint_id: 'wan1' });
      const [entry] = auditOf(await dump(context), 'removeEndpoint').filter(({ target }) =>
        String(target).includes(site_id),
      );
      advance(1000);
      await restoreEndpoint(context, {
        ...{ actor: admin, site_id, endpoint_id: 'wan1', reverses, until: context.clock() },
        ...(entry!.after as { removal_id: string }),
      });
    },
  },
};

describe.each(Object.entries(BEGIN))('the last transaction of %s', (name, { begin, endpoint }) => {
  const restores = name.startsWith('restore');
  const network = useNetwork();

  it('never begins after the deadline of the run', async () => {
    const { bed } = network;
    const { hub } = await makeHub(bed.context, { paths: 0 });
    await begin(bed, hub.id);
    expect(await readRunning(bed.context)).toContainEqual(
      expect.objectContaining({ site_id: hub.id, state: 'RUNNING', handed_over: true }),
    );
  });

  it('leaves all paths to a later run if it has no time', async () => {
    const { bed } = network;
    const { hub, paths } = await makeHub(bed.context, { paths: 3 });
    await begin(bed, hub.id);
    const there = pathsIn(await dump(bed.context));
    expect(paths.filter(({ id }) => there.has(id))).toHaveLength(restores ? 0 : 3);
  });

  it(`commits only while the operation holds the ${endpoint ? 'endpoint' : 'site'}`, async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub } = await makeHub(context, { paths: 0 });
    await begin(bed, hub.id);
    const operation = (await readRunning(context)).find(
      ({ state, site_id }) => state === 'RUNNING' && site_id === hub.id,
    );
    const held = endpoint
      ? { key: endpointKey(hub.id, 'wan1'), set: { removal_id: 'another' } }
      : { key: siteKey(hub.id), set: { operation_id: 'another' } };
    const ofHub = async () => [...(await dump(context))].filter(([key]) => key.includes(hub.id));
    let left: unknown;
    const client = pausingBefore('TransactWriteItems', async () => {
      await context.client.send(new UpdateCommand(updateItem({ table: context.tables.network, ...held })));
      left = (await ofHub()).filter(([key]) => key.startsWith('SITE#'));
    });
    await continueOperation({ ...context, client, deadline: Infinity }, operation!, forever.until);
    client.destroy();
    expect(left).toBeDefined();
    expect((await ofHub()).filter(([key]) => key.startsWith('SITE#'))).toEqual(left);
  });
});

it('a removal of an endpoint removes no paths once another removal holds the endpoint', async () => {
  await withNetwork(async bed => {
    const { context } = bed;
    const { hub, paths } = await makeHub(context, { paths: 12 });
    await BEGIN.removeEndpoint!.begin(bed, hub.id);
    const [operation] = await readRunning(context);
    const held = { key: endpointKey(hub.id, 'wan1'), set: { removal_id: 'another' } };
    const client = pausingBefore('TransactWriteItems', async () => {
      await context.client.send(new UpdateCommand(updateItem({ table: context.tables.network, ...held })));
    });
    const small = { ...context, client, deadline: Infinity, max_actions: SMALL_TRANSACTIONS };
    await continueOperation(small, operation!, forever.until);
    client.destroy();
    expect([...pathsIn(await dump(context))].toSorted()).toEqual(paths.map(({ id }) => id).toSorted());
  });
});

describe('clean-up', () => {
  const network = useNetwork();

  it('removes the stragglers of an endpoint only while no endpoint has its id', async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub, peers, paths } = await makeHub(context, { paths: 1 });
    await removeEndpoint(context, admin, { site_id: hub.id, endpoint_id: 'wan1' });
    const added = { site_id: hub.id, address: '192.0.2.7', interface_type: 'LTE' };
    expect(await addEndpoint(context, admin, added)).toMatchObject({ id: 'wan1' });
    const path = { ...paths[0]!, id: `${paths[0]!.id}x`, destination_site_id: peers[0]!.id };
    await putPath(context, { ...path, rev: 'new', source_life: 1, destination_life: 1 });
    bed.advance(61_000);
    expect(await finishDeletions(context, forever)).toMatchObject({ removed: 1 });
    expect(pathsIn(await dump(context))).toContain(path.id);
  });

  it('claims no operation after its deadline', async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub } = await makeHub(context, { paths: 1 });
    await BEGIN.deleteSite!.begin(bed, hub.id);
    bed.advance(31_000);
    const before = await readRunning(context);
    const none = { finished: 0, running: 0, removed: 0 };
    expect(await finishDeletions(context, { until: context.clock() })).toEqual(none);
    expect(await readRunning(context)).toEqual(before);
    await finishDeletions(context, forever);
    bed.advance(61_000);
    expect(await finishDeletions(context, forever)).toEqual({ ...none, removed: 1 });
  });

  it('removes an entry only after the stragglers behind it', async () => {
    const { bed } = network;
    const { context } = bed;
    const { hub, paths } = await makeHub(context, { paths: 1 });
    await deleteSite(context, admin, { site_id: hub.id });
    await putPath(context, { ...paths[0]!, rev: 'late', source_life: 1, destination_life: 1 });
    bed.advance(61_000);
    const until = context.clock() + 1;
    // The deadline passes while it reads the partition.
    const client = pausingClient(1, async () => bed.advance(1));
    expect(await finishDeletions({ ...context, client, deadline: Infinity }, { until })).toMatchObject({
      removed: 0,
    });
    client.destroy();
    expect(await readRunning(context)).toMatchObject([{ site_id: hub.id, state: 'ENDED' }]);
    expect(pathsIn(await dump(context))).toContain(paths[0]!.id);
  });
});
