import type { Caller } from '../../access/caller.ts';
import { auditAction } from '../../audit/audit-action.ts';
import { commandAction } from '../../commands/command-store.ts';
import type { RegisteredEdge } from '../../inventory/edges/edge-items.ts';
import { endpointKey } from '../../inventory/model/inventory-keys.ts';
import { type Path, peerOf } from '../../inventory/model/site.ts';
import { toEndpoint } from '../../inventory/model/site-items.ts';
import { readPath } from '../../inventory/paths/read-paths.ts';
import { beginOperation } from '../../storage/begun-operation.ts';
import { ConditionFailed } from '../../storage/retrying.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { getItem } from '../../storage/strong-reads.ts';
import { transact } from '../../storage/transact.ts';
import type { PlannedAction } from '../../storage/write-action.ts';
import { readEdgesOf } from '../failover/path-edges.ts';
import type { PathMetrics } from '../health/path-metrics.ts';
import { readCurrentMetrics } from '../metrics/current-metrics.ts';
import type { RoutingCaches } from '../routing-caches.ts';
import type { ProbeResult } from './probe-result.ts';
import { ProbeOutcomes, probingAction, type RunningProbe, readProbing } from './running-probe.ts';

/** How long the request waits for an edge. */
const PROBE_WAIT_MS = 10_000;

const POLL_MS = 250;

/**
 * Upper limit of the edges that are ordered to probe a path. One answer with a measurement is
 * enough.
 */
const MAX_PROBERS = 10;

export interface HealthCheck {
  path: Path;
  /** The fresh measurement, or the last known one; undefined: the path was not measured yet. */
  metrics: PathMetrics | undefined;
  fresh: boolean;
  /** How the path was measured, or why it could not be. */
  reason: string;
}

/**
 * Orders an edge at the path to measure it now, and returns the result. If there is none within 10
 * s, it returns the last known metrics and why there are no fresh ones. Callers that ask while a
 * probe of the path is running share it.
 *
 * @throws NotFound
 */
export async function checkPathHealth(
  context: StoreContext,
  caches: RoutingCaches,
  { path_id, actor }: { path_id: string; actor: Caller },
): Promise<HealthCheck> {
  const path = await readPath(context, path_id);
  const edges = await probersOf(context, path);
  if (edges.length === 0) {
    const reason = 'No edge is in service at either end of the path: register one, then check again.';
    return lastKnown(context, path, reason);
  }
  const until = Math.min(context.clock() + PROBE_WAIT_MS, context.deadline);
  let audited = false;
  for (;;) {
    const probe = await joinOrOrder(context, { path, edges, until, actor: audited ? undefined : actor });
    audited = true;
    const result = await waitForResult(context, { path_id, probe, until });
    if (result?.measured) return freshOrKnown(context, caches, { path, probe, reason: result.reason });
    if (result) return lastKnown(context, path, result.reason);
    // The probe that was joined has ended. There may be time for another one.
    if (context.clock() + POLL_MS > until) return lastKnown(context, path, unanswered(probe));
  }
}

async function freshOrKnown(
  context: StoreContext,
  caches: RoutingCaches,
  { path, probe, reason }: { path: Path; probe: RunningProbe; reason: string },
): Promise<HealthCheck> {
  const metrics = await readCurrentMetrics(context, path.id);
  if (metrics) await caches.metrics.insert(path.id, metrics);
  const fresh = metrics !== undefined && Date.parse(metrics.measured_at) >= probe.ordered_ms;
  return { path, metrics, fresh, reason };
}

// The source's edges measure. Without any, the destination's measure in the other direction.
async function probersOf(context: StoreContext, path: Path): Promise<RegisteredEdge[]> {
  const edges = await readEdgesOf(context, path);
  const atSource = edges.filter(edge => edge.site_id === path.source_site_id);
  return (atSource.length > 0 ? atSource : edges).slice(0, MAX_PROBERS);
}

/**
 * Joins the running probe of the path, or orders a new one. With an actor the request is audited.
 */
async function joinOrOrder(
  context: StoreContext,
  {
    path,
    edges,
    until,
    actor,
  }: { path: Path; edges: RegisteredEdge[]; until: number; actor: Caller | undefined },
): Promise<RunningProbe> {
  for (;;) {
    const before = await readProbing(context, path.id);
    if (before && (await isRunning(context, { path_id: path.id, probe: before }))) {
      const audit = auditOf(context, { path, actor, probe: before });
      if (audit.length > 0) await transact(context.client, audit, context);
      return before;
    }
    try {
      return await orderProbe(context, { path, edges, until, actor, before });
    } catch (cause) {
      if (!(cause instanceof ConditionFailed)) throw cause;
      // Another caller ordered a probe at the same moment: that one is shared.
    }
  }
}

async function isRunning(
  context: StoreContext,
  { path_id, probe }: { path_id: string; probe: RunningProbe },
): Promise<boolean> {
  if (probe.until_ms < context.clock() + POLL_MS) return false;
  return (await new ProbeOutcomes(context, { path_id, probe }).read()) === undefined;
}

async function orderProbe(
  context: StoreContext,
  {
    path,
    edges,
    until,
    actor,
    before,
  }: {
    path: Path;
    edges: RegisteredEdge[];
    until: number;
    actor: Caller | undefined;
    before: RunningProbe | undefined;
  },
): Promise<RunningProbe> {
  const commands = await Promise.all(
    edges.map(async edge => {
      const target = await addressOf(context, path, peerOf(path, edge.site_id));
      const data = { path_id: path.id, target, until: new Date(until).toISOString() };
      return commandAction(context, edge.id, { type: 'PROBE', data });
    }),
  );
  const orders = commands.map(({ pending }) => ({ edge_id: pending.edge_id, command_id: pending.id }));
  const ordered = { ordered_ms: context.clock(), until_ms: until, orders };
  const action = probingAction(context, { path_id: path.id, probe: ordered, before });
  const probe = { ...ordered, id: String(action.Put.Item!.id) };
  const actions = [
    action,
    ...commands.map(command => command.action),
    ...auditOf(context, { path, actor, probe }),
  ];
  await transact(context.client, actions, context);
  return probe;
}

function auditOf(
  context: StoreContext,
  { path, actor, probe }: { path: Path; actor: Caller | undefined; probe: RunningProbe },
): PlannedAction[] {
  if (!actor) return [];
  const audit = auditAction(context.tables, beginOperation(context), {
    actor,
    operation: 'checkPathHealth',
    target: `path:${path.id}`,
    after: { edges: probe.orders.map(({ edge_id }) => edge_id) },
  });
  return [audit];
}

async function addressOf(context: StoreContext, path: Path, siteId: string): Promise<string> {
  const endpointId = siteId === path.source_site_id ? path.source_endpoint_id : path.destination_endpoint_id;
  const item = await getItem(context, endpointKey(siteId, endpointId));
  return item ? toEndpoint(item).address : '';
}

// Returns the first measurement; after the time limit, why an edge could not measure.
async function waitForResult(
  context: StoreContext,
  { path_id, probe, until }: { path_id: string; probe: RunningProbe; until: number },
): Promise<ProbeResult | undefined> {
  const { clock, sleep } = context;
  const outcomes = new ProbeOutcomes(context, { path_id, probe });
  const last = Math.min(until, probe.until_ms);
  for (;;) {
    const result = await outcomes.read();
    if (result) return result;
    if (clock() + POLL_MS > last) return outcomes.reason;
    await sleep(POLL_MS);
  }
}

async function lastKnown(context: StoreContext, path: Path, reason: string): Promise<HealthCheck> {
  return { path, metrics: await readCurrentMetrics(context, path.id), fresh: false, reason };
}

function unanswered({ orders }: RunningProbe): string {
  const who = orders.map(({ edge_id }) => edge_id).join(', ');
  const [edge, its] = orders.length === 1 ? ['Edge', 'its'] : ['Edges', 'their'];
  return `${edge} ${who} did not answer within ${PROBE_WAIT_MS / 1000} s: check ${its} connection.`;
}
