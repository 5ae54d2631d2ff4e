import { type DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { listRegisteredEdges } from '../core/inventory/edges/site-edges.ts';
import { failOverPath } from '../core/routing/failover/fail-over-path.ts';
import { restorePath } from '../core/routing/failover/restore-path.ts';
import { orderRoutes } from '../core/routing/failover/route-orders.ts';
import type { StoreContext } from '../core/storage/store-context.ts';
import { systemClock, systemSleep } from '../core/time/clock.ts';
import { createTable } from '../test/support/create-table.ts';
import { confirmLists, countReports, putEdges, putPolicies } from '../test/support/many-edges.ts';
import { auditChanges } from '../test/support/order-routes.ts';
import { actor, measured, routingWorld } from '../test/support/routing-world.ts';
import type { BenchRow } from './bench-row.ts';
import { median, milliseconds } from './support/measure.ts';
import { withDatabase } from './support/with-database.ts';

const EDGES = 1000;
const POLICIES = 100;
/** Policies in an edge's reports. */
const POLICIES_AN_EDGE = 20;
const RUNS = 5;
const MAX_RATIO = 2;
/** Concurrent Puts, as many as for orders. */
const CONCURRENCY = 32;

const tables = { audit: 'audit', network: 'network', traffic: 'traffic', cache: 'cache' };

type Write = PutCommand | TransactWriteCommand;

/**
 * A failover with the orders to 1,000 edges that have reported, compared with only the same writes.
 */
export async function run(): Promise<BenchRow[]> {
  return withDatabase(async client => {
    for (const name of Object.values(tables)) {
      await createTable(client, name, { expiryIndex: name === tables.cache });
    }
    const { caches, fast, slow, a, b, monitor, time } = await routingWorld({ client, tables });
    const writes: Write[] = [];
    const send = (command: Write): unknown => {
      if (command instanceof PutCommand || command instanceof TransactWriteCommand) writes.push(command);
      return client.send(command as PutCommand);
    };
    const context: StoreContext = {
      client: Object.assign(Object.create(client) as DynamoDBDocumentClient, { send }),
      tables,
      clock: systemClock,
      sleep: systemSleep,
      random: Math.random,
      deadline: Number.POSITIVE_INFINITY,
    };
    const edges = await putEdges(context, { sites: [a.id, b.id], edges: EDGES / 2 });
    const policies = await putPolicies(context, POLICIES);
    await countReports(
      context,
      edges.map((edge_id, index) => ({
        edge_id,
        site_id: index < EDGES / 2 ? a.id : b.id,
        policies: policies
          .slice(0, POLICIES_AN_EDGE)
          .map(policy_id => ({ policy_id, bytes: 1_000_000n, active_flows: 10 })),
      })),
    );
    await confirmLists(context);
    await listRegisteredEdges(context);
    time.set(systemClock());
    await monitor.observe(context, [measured(time, fast, 10), measured(time, slow, 40)]);
    const times: { failover: number; bare: number }[] = [];
    for (let run = -1; run < RUNS; run++) {
      writes.length = 0;
      const failover = await milliseconds(async () => {
        const { audit_id } = await failOverPath(context, caches, { path_id: fast, actor });
        const change = (await auditChanges(context)).find(({ after }) => after?.id === audit_id)!;
        await orderRoutes(context, change);
      });
      const bare = await milliseconds(() => writeAgain(client, [...writes]));
      // The first run only warms up.
      if (run >= 0) times.push({ failover, bare });
      await restorePath(context, caches, { path_id: fast, actor });
    }
    const value = median(times.map(time => time.failover));
    const peer_value = median(times.map(time => time.bare));
    const ratio = value / peer_value;
    return [
      {
        name: `failover, ${EDGES.toLocaleString('en')} edges, ${POLICIES} policies`,
        value,
        unit: 'ms',
        peer: 'its writes alone',
        peer_value,
        ratio,
        threshold: `ratio <= ${MAX_RATIO}`,
        ok: ratio <= MAX_RATIO,
        note: `decisions, receipt, states, audit, and an order to each edge; median of ${RUNS}`,
      },
    ];
  });
}

/** The same writes without conditions: transactions first, then concurrent Puts. */
async function writeAgain(client: DynamoDBDocumentClient, writes: readonly Write[]): Promise<void> {
  for (const { input } of writes.filter(write => write instanceof TransactWriteCommand)) {
    const TransactItems = input.TransactItems!.map(({ Put, Update }) =>
      Put ? { Put: { TableName: Put.TableName, Item: Put.Item } } : { Update: Update! },
    );
    await client.send(new TransactWriteCommand({ TransactItems }));
  }
  const puts = writes.filter(write => write instanceof PutCommand).values();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const { input } of puts) {
        await client.send(new PutCommand({ TableName: input.TableName, Item: input.Item }));
      }
    }),
  );
}
