import { ROUTING_CACHE } from '../../cache/forget-decisions.ts';
import { readGeneration } from '../../cache/generation/generation.ts';
import { ValidationError } from '../../errors.ts';
import type { Endpoint, Path } from '../../inventory/model/site.ts';
import { type GraphLimits, type PathGraph, readPathGraph } from '../../inventory/paths/path-graph.ts';
import { readVisible } from '../../inventory/removal/hidden-sites.ts';
import type { StoreContext } from '../../storage/store-context.ts';
import { type PathStates, readManyPathStates } from '../failover/path-states-store.ts';
import { FRESH_MS } from '../metrics/current-metrics.ts';
import { type ManyMetrics, readManyMetrics } from '../metrics/many-metrics.ts';
import { endpointIndex } from '../path-costs.ts';
import type { HealthOfPaths } from './path-health.ts';

/** All paths of the network, and what their decisions depend on. */
export interface NetworkPicture extends HealthOfPaths {
  paths: Path[];
  endpoints: ReadonlyMap<string, Endpoint>;
  told_by: ManyMetrics['told_by'];
}

/**
 * Size of a network that a function can keep in memory and answer in time. Larger networks have to
 * be queried site by site.
 */
const NETWORK_LIMITS: GraphLimits = { sites: 5000, paths: 20_000 };

/**
 * How long paths and states are used again while the generation of the decisions stays the same.
 * Each change of either raises it in the change's own transaction.
 */
const HOLD_MS = 30_000;

/** How long measurements are used again. */
const METRICS_HOLD_MS = 5000;

/**
 * The items of a committed transaction become readable one after another. A read this soon after a
 * new generation was seen may lack some of them, so its result is not used again.
 */
const SETTLE_MS = 300;

interface Held {
  generation: number;
  read_ms: number;
  /** undefined: the network is too large. */
  graph: PathGraph | undefined;
  states: Map<string, PathStates>;
  measured?: { read_ms: number; many: ManyMetrics };
}

interface Memory {
  /** The last known generation, and since when this function knows it. */
  seen?: { generation: number; since_ms: number };
  held?: Held;
}

const memories = new WeakMap<object, Memory>();

/**
 * The present paths of the whole network, without those that are being deleted or restored. They
 * are read strongly consistent, or taken from this function's memory while nothing has changed.
 * Measurements may be 5 seconds old.
 *
 * @throws ValidationError for a network that is too large · Throttled at the deadline
 */
export function readNetworkPicture(
  context: StoreContext,
  caches: object,
  limits = NETWORK_LIMITS,
): Promise<NetworkPicture> {
  return readVisible(
    context,
    () => current(context, { caches, limits }),
    ({ graph, states, many }, hidden) => ({
      paths: graph.paths.filter(path => !hidden.path(path)),
      endpoints: endpointIndex(graph.endpoints),
      states,
      ...many,
    }),
  );
}

interface Current {
  graph: PathGraph;
  states: Map<string, PathStates>;
  many: ManyMetrics;
}

async function current(
  context: StoreContext,
  { caches, limits }: { caches: object; limits: GraphLimits },
): Promise<Current> {
  const memory = memories.get(caches) ?? {};
  memories.set(caches, memory);
  const held = await unchanged(context, { memory, limits });
  const { graph, states } = held;
  if (!graph) throw tooLarge(limits);
  const now = context.clock();
  const { measured } = held;
  if (measured && isYoung(measured.read_ms, { now, most: METRICS_HOLD_MS })) {
    return { graph, states, many: measured.many };
  }
  const ids = graph.paths.map(({ id }) => id);
  const many = await readManyMetrics(context, ids, { lanes_after_ms: FRESH_MS });
  held.measured = { read_ms: now, many };
  return { graph, states, many };
}

/** The remembered paths and states if nothing has changed since, otherwise newly read ones. */
async function unchanged(
  context: StoreContext,
  { memory, limits }: { memory: Memory; limits: GraphLimits },
): Promise<Held> {
  const generation = await readDecisionGeneration(context);
  const now = context.clock();
  if (generation === undefined) return read(context, { generation: -1, limits });
  const { held } = memory;
  const seen = memory.seen?.generation === generation ? memory.seen : { generation, since_ms: now };
  memory.seen = seen;
  if (held?.generation === generation && isYoung(held.read_ms, { now, most: HOLD_MS })) {
    if (held.read_ms - seen.since_ms >= SETTLE_MS) return held;
  }
  memory.held = await read(context, { generation, limits });
  return memory.held;
}

async function read(
  context: StoreContext,
  { generation, limits }: { generation: number; limits: GraphLimits },
): Promise<Held> {
  const read_ms = context.clock();
  const graph = await readPathGraph(context, limits);
  const ids = graph?.paths.map(({ id }) => id) ?? [];
  const states = await readManyPathStates(context, ids);
  return { generation, read_ms, graph, states: new Map(states.map(one => [one.path_id, one])) };
}

/** undefined: the Cache table can't be read, so it isn't known whether anything has changed. */
async function readDecisionGeneration({ client, tables }: StoreContext): Promise<number | undefined> {
  try {
    return (await readGeneration({ client, table: tables.cache, cache: ROUTING_CACHE })).generation;
  } catch {
    return undefined;
  }
}

// False after the clock was set back.
function isYoung(read_ms: number, { now, most }: { now: number; most: number }): boolean {
  return now >= read_ms && now - read_ms < most;
}

function tooLarge(limits: GraphLimits): ValidationError {
  const [sites, paths] = [limits.sites, limits.paths].map(most => most.toLocaleString('en'));
  return new ValidationError(
    `This network has more than ${sites} sites or ${paths} paths, too many for one query: ask for one site with site_id.`,
  );
}
