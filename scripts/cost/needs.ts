import { billedMilliseconds, type Deployed } from './drivers.ts';
import type { FunctionModel } from './function-model.ts';
import { type NetworkShape, reportFlowOf } from './network-shape.ts';

/** The needs of a network of a size. Figures are per second unless their names say otherwise. */
export interface Needs {
  edges: number;
  shards: number;
  /** Counter slots: one for each shard, at least 16. */
  slots: number;
  write_units: number;
  read_units: number;
  api_requests: number;
  connections: number;
  /** Concurrent calls of all functions. */
  concurrency: number;
  /** Seconds from a packet to the figures of a console, on average and at most. */
  latency_s: { average: number; most: number };
}

const MIN_SLOTS = 16;
/** The usable share of a function that reads a shard; the rest is reserve to catch up. */
const BUSY_SHARE = 0.75;
/** The interval of publications to the console. */
const CONSOLE_S = 10;
/** The time in which all edges read a change: the largest `edge_spread_s`. */
const SPREAD_S = 90;

/**
 * Requests a second after a change of the policies: each edge reads them, and then their routes.
 */
export function changeRequests({ edges }: Pick<NetworkShape, 'edges'>): number {
  return (2 * edges) / SPREAD_S;
}

export function needsOf(shape: NetworkShape, model: FunctionModel, deployed: Deployed): Needs {
  const { batch, reports } = reportFlowOf(shape, { record_bytes: model.recordBytes(shape) });
  const shards = shardsOf(shape, model, deployed);
  const usage = [...model.usageOf(shape)];
  const aSecond = (of: (used: (typeof usage)[number]) => number) =>
    usage.reduce((sum, used) => sum + of(used), 0) / 60;
  const batch_s = Math.max(shape.window_s, batch / (reports / 60 / shards));
  return {
    edges: shape.edges,
    shards,
    slots: Math.max(MIN_SLOTS, shards),
    write_units: aSecond(([, { write_units }]) => write_units),
    read_units: aSecond(([, { read_units }]) => read_units),
    api_requests: model.apiRequests(shape) / 60,
    connections: shape.edges,
    concurrency: aSecond(([name, used]) => billedMilliseconds(used, deployed.memory_mb[name]!) / 1000),
    latency_s: {
      average: (shape.interval_s + Math.min(batch_s, shape.window_s) + CONSOLE_S) / 2,
      most: shape.interval_s + shape.window_s + CONSOLE_S,
    },
  };
}

/**
 * The number of shards that can take the reports, and whose functions use at most three quarters of
 * the time.
 */
function shardsOf(shape: NetworkShape, model: FunctionModel, { memory_mb }: Deployed): number {
  const { shards } = reportFlowOf(shape, { record_bytes: model.recordBytes(shape) });
  const used = model.usageOf(shape).get('ingest')!;
  const seconds = billedMilliseconds(used, memory_mb.ingest!) / 60_000;
  return Math.max(shards, Math.ceil(seconds / BUSY_SHARE));
}
