import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerEdge, retireEdge } from '../../../core/inventory/edges/change-edges.ts';
import {
  EDGE_LISTS_PARTITION,
  listRegisteredEdges,
  readEdgesOfSite,
  siteEdgesPartition,
} from '../../../core/inventory/edges/site-edges.ts';
import type { StoreContext } from '../../../core/storage/store-context.ts';
import { localClient } from '../../support/local-client.ts';
import { admin, dumpNetwork, type NetworkBed, networkBed } from '../../support/network-bed.ts';
import { withRights } from '../../support/rights/as-function.ts';
import { createTables, type TestTables } from '../../support/tables.ts';

/** As the clean-up does. */
const listEdges = withRights('cleanup', listRegisteredEdges);

const [A, B] = [crypto.randomUUID(), crypto.randomUUID()];
const A_DAY = 24 * 3_600_000;

let t: TestTables;
let bed: NetworkBed;
let context: StoreContext;
beforeEach(async () => {
  t = await createTables();
  bed = networkBed(t);
  ({ context } = bed);
});
afterEach(() => t.drop());

const idsAt = async (site_id: string) => (await readEdgesOfSite(context, site_id)).map(({ id }) => id);

interface ReadOutput {
  Item?: unknown;
  Items?: unknown[];
  Responses?: Record<string, unknown[]>;
}

/** An edge as a release before the lists stored it. */
async function registerAsBefore(id: string, site_id: string): Promise<void> {
  const Item = {
    pk: 'EDGE',
    sk: id,
    revision: 1,
    site_id,
    interval_s: 60,
    registered_at: '2026-01-01T00:00:00.000Z',
    retired_at: null,
    service: [{ from: '2026-01-01T00:00:00.000Z', to: null }],
  };
  await context.client.send(new PutCommand({ TableName: context.tables.network, Item }));
}

describe('the edges of a site', () => {
  it('are those in service there, after moves, retirement and return', async () => {
    await listEdges(context);
    for (const id of ['edge-2', 'edge-1', 'edge-3']) await registerEdge(context, admin, { id, site_id: A });
    await registerEdge(context, admin, { id: 'edge-2', site_id: B });
    await retireEdge(context, admin, { id: 'edge-3' });
    expect([await idsAt(A), await idsAt(B)]).toEqual([['edge-1'], ['edge-2']]);
    await registerEdge(context, admin, { id: 'edge-2', site_id: A });
    await registerEdge(context, admin, { id: 'edge-3', site_id: A });
    expect([await idsAt(A), await idsAt(B)]).toEqual([['edge-1', 'edge-2', 'edge-3'], []]);
  });

  it('are found without reading other edges, once all are listed', async () => {
    for (let n = 0; n < 60; n++) await registerEdge(context, admin, { id: `other-${n}`, site_id: B });
    await registerEdge(context, admin, { id: 'edge-1', site_id: A });
    await listEdges(context);
    const client = localClient();
    let read = 0;
    client.middlewareStack.add(
      next => async call => {
        const answer = await next(call);
        const { Item, Items = [], Responses = {} } = answer.output as ReadOutput;
        read += (Item ? 1 : 0) + Items.length + Object.values(Responses).flat().length;
        return answer;
      },
      { step: 'initialize' },
    );
    expect(await readEdgesOfSite({ ...context, client }, A)).toHaveLength(1);
    // Whether all are listed, the entry, the edge.
    expect(read).toBe(3);
  });

  it('include those of an earlier release, before and after they are listed', async () => {
    await registerAsBefore('old', A);
    expect(await idsAt(A)).toEqual(['old']);
    expect(await listEdges(context)).toEqual({ listed: 1 });
    expect((await dumpNetwork(context)).has(`${EDGE_LISTS_PARTITION} STATE`)).toBe(false);
    expect(await listEdges(context)).toEqual({ listed: 0 });
    expect((await dumpNetwork(context)).has(`${EDGE_LISTS_PARTITION} STATE`)).toBe(true);
    expect(await idsAt(A)).toEqual(['old']);
  });

  it('include one that a function of an earlier release registers later, after at most a day', async () => {
    await listEdges(context);
    await registerAsBefore('rolled-back', A);
    bed.advance(A_DAY - 1);
    expect(await listEdges(context)).toEqual({ listed: 0 });
    bed.advance(1);
    expect(await listEdges(context)).toEqual({ listed: 1 });
    expect(await idsAt(A)).toEqual(['rolled-back']);
  });

  it('are listed again by a change, with any result of the entry', async () => {
    await registerAsBefore('old', A);
    await registerEdge(context, admin, { id: 'old', site_id: A, interval_s: 30 });
    await listEdges(context);
    expect(await idsAt(A)).toEqual(['old']);
    const { network } = context.tables;
    const Key = { pk: siteEdgesPartition(A), sk: 'old' };
    await context.client.send(new DeleteCommand({ TableName: network, Key }));
    expect(await idsAt(A)).toEqual([]);
  });
});
