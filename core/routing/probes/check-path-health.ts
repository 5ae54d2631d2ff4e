import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { commandAction } from '../../commands/command-store.ts';
import type { RegisteredEdge } from '../../inventory/edges/edge-items.ts';
import { endpointKey } from '../../inventory/model/inventory-keys.ts';
import { type Path, peerOf } from '../../inventory/model/site.ts';
import { toEndpoint } from '../../inventory/model/site-items.ts';
import { readPath } from '../../inventory/paths/read-paths.ts';
import { beginOperation } from '../../storage/begun-operation.ts';
import { parseItem } from '../../storage/parse-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';
import { transact } from '../../storage/transact.ts';
import { readEdgesOf } from '../failover/route-commands.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { readPathMetrics } from '../metrics/path-metrics-store.ts';
import { probeKey } from '../path-keys.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import { type ProbeResult, probeResultSchema } from './probe-result.ts';

/** How long the one who asks waits for the edge. */
const PROBE_WAIT_MS = 10_000;

const POLL_MS = 250;

export interface HealthCheck {
  path: Path;
  /** The fresh measurement, or the last known one; undefined: there never was one. */
  metrics: PathMetrics | undefined;
  fresh: boolean;
  /** How it was measured, or why it wasn't. */
  reason: string;
}

/**
 * Has an edge at the path measure it now, and answers with what it found, or within 10 s with the
 * last known metrics and why there are no fresh ones.
 *
 * @throws NotFound
 */
export async function checkPathHealth(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, actor }: { path_id: string; actor: Caller },
): Promise<HealthCheck> {
  const path = await readPath(context, path_id);
  const edges = await proberOf(context, path);
  if (edges.length === 0) {
    const reason = 'No edge is in service at either end of the path: register one, then check again.';
    return lastKnown(context, path, reason);
  }
  const until = Math.min(context.clock() + PROBE_WAIT_MS, context.deadline);
  const probes = await orderProbes(context, { path, edges, actor, until });
  const result = await waitForResult(context, { path_id, probes, until });
  if (!result) return lastKnown(context, path, unanswered(edges));
  if (!result.measured) return lastKnown(context, path, result.reason);
  const metrics = await readPathMetrics(context, path_id);
  if (metrics) await caches.metrics.insert(path_id, metrics);
  return { path, metrics, fresh: true, reason: result.reason };
}

interface Probe {
  edge_id: string;
  command_id: string;
}

// The source's edges measure; where there is none, the destination's measure the other way.
async function proberOf(context: StoreContext, path: Path): Promise<RegisteredEdge[]> {
  const edges = await readEdgesOf(context, path);
  const atSource = edges.filter(edge => edge.site_id === path.source_site_id);
  return atSource.length > 0 ? atSource : edges;
}

async function orderProbes(
  context: StoreContext,
  { path, edges, actor, until }: { path: Path; edges: RegisteredEdge[]; actor: Caller; until: number },
): Promise<Probe[]> {
  const commands = await Promise.all(
    edges.map(async edge => {
      const target = await addressOf(context, path, peerOf(path, edge.site_id));
      const data = { path_id: path.id, target, until: new Date(until).toISOString() };
      return commandAction(context, edge.id, { type: 'PROBE', data });
    }),
  );
  const audit = auditAction(context.tables, beginOperation(context), {
    actor,
    operation: 'checkPathHealth',
    target: `path:${path.id}`,
    after: { edges: edges.map(edge => edge.id) },
  });
  const actions = [...commands.map(({ action }) => action), audit];
  await transact(context.client, actions, context);
  return commands.map(({ pending }) => ({ edge_id: pending.edge_id, command_id: pending.id }));
}

async function addressOf(context: StoreContext, path: Path, siteId: string): Promise<string> {
  const endpointId = siteId === path.source_site_id ? path.source_endpoint_id : path.destination_endpoint_id;
  const item = await getItem(context, endpointKey(siteId, endpointId));
  return item ? toEndpoint(item).address : '';
}

// The first that measured something wins; until then, why the others could not.
async function waitForResult(
  context: StoreContext,
  { path_id, probes, until }: { path_id: string; probes: Probe[]; until: number },
): Promise<ProbeResult | undefined> {
  const { client, tables, clock, sleep } = context;
  const failed = new Map<string, ProbeResult>();
  for (;;) {
    for (const { command_id } of probes) {
      if (failed.has(command_id)) continue;
      const command = { TableName: tables.traffic, Key: probeKey(path_id, command_id), ConsistentRead: true };
      const { Item } = await repeatUntil(context, () => client.send(new GetCommand(command)));
      if (!Item) continue;
      const result = parseItem(probeResultSchema, Item);
      if (result.measured) return result;
      failed.set(command_id, result);
    }
    if (failed.size === probes.length || clock() + POLL_MS > until) return [...failed.values()][0];
    await sleep(POLL_MS);
  }
}

async function lastKnown(context: StoreContext, path: Path, reason: string): Promise<HealthCheck> {
  return { path, metrics: await readPathMetrics(context, path.id), fresh: false, reason };
}

function unanswered(edges: RegisteredEdge[]): string {
  const who = edges.map(edge => edge.id).join(', ');
  const [edge, its] = edges.length === 1 ? ['Edge', 'its'] : ['Edges', 'their'];
  return `${edge} ${who} did not answer within ${PROBE_WAIT_MS / 1000} s: look after ${its} connection.`;
}
