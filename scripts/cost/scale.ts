import { SLICES } from '../../core/flows/hour-slices.ts';
import { groupsFor } from '../../core/history/groups/group-workers.ts';
import { LANE_BUCKETS } from '../../core/ledger/lane-keys.ts';
import { billedMilliseconds, type Deployed } from './drivers.ts';
import type { FunctionModel } from './function-model.ts';
import { changeRequests, needsOf } from './needs.ts';
import { edgesOfShard, type NetworkShape, reportFlowOf } from './network-shape.ts';
import { QUOTAS } from './quotas.ts';

/** A part of the system with a limited capacity. */
export interface Element {
  name: string;
  /** The unit of the limit. */
  measure: string;
  limit: number;
  /** The load of a network. */
  load(shape: NetworkShape): number;
  /** The consequence or the remedy beyond the limit. */
  instead: string;
  /** Whether it is a quota that AWS raises on request, or a setting. */
  raised: boolean;
}

export interface ElementAtScale extends Element {
  /** The largest number of edges within the limit; infinite if it does not depend on edges. */
  stops_at: number;
}

const MAX_SHARDS = 500;
/** The longest duration of a scheduled function, seconds, with a reserve of a tenth. */
const SNAPSHOT_S = 50;
const CLEANUP_S = 216;
/** A started merge finishes within the last of the job's four minutes. */
const FLOW_LOG_S = 180;
/** Merged objects have up to 8 MiB; three quarters of that on average. */
const FLOW_OBJECT_BYTES = 6 * 1024 * 1024;
/** The number of names in an answer of S3, and its longest duration. */
const LIST_NAMES = 1000;
const LIST_S = 0.1;
const READ_UNIT_BYTES = 4096;
/** The stored size of the items of a registered edge and of a policy. */
const EDGE_ITEM_BYTES = 200;
const POLICY_ITEM_BYTES = 300;
/** The list of edges is read concurrently with the lanes, and the mark needs both. */
const REGISTERED_S = 30;
const KMS_EVERY_S = 300;
const MEMORY_OF_LANES = 128 * 1024 * 1024;
const LANE_OVERHEAD_BYTES = 400;
const FAR = 1e9;

/** Every element that edges load, with its limit; the lowest limit first. */
export function elementsAtScale(
  shape: NetworkShape,
  model: FunctionModel,
  deployed: Deployed,
): ElementAtScale[] {
  return elementsOf(model, deployed)
    .map(element => ({ ...element, stops_at: stopOf(element, shape) }))
    .sort((a, b) => a.stops_at - b.stops_at);
}

/** The largest number of edges whose load is within the limit. */
function stopOf({ limit, load }: Element, shape: NetworkShape): number {
  const fits = (edges: number) => load({ ...shape, edges }) <= limit;
  if (fits(FAR)) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, FAR];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function elementsOf(model: FunctionModel, deployed: Deployed): Element[] {
  const flowOf = (shape: NetworkShape) => reportFlowOf(shape, { record_bytes: model.recordBytes(shape) });
  const secondsOf = (shape: NetworkShape, name: string) =>
    billedMilliseconds(model.usageOf(shape).get(name)!, deployed.memory_mb[name]!) / 1000;
  const flowObjects = (shape: NetworkShape) =>
    ((model.usageOf(shape).get('ingest')?.s3_bytes ?? 0) * 60 * shape.flow_hours) / FLOW_OBJECT_BYTES;
  const needs = (shape: NetworkShape) => needsOf(shape, model, deployed);
  const laneUnits = (shape: NetworkShape) => Math.ceil(model.laneBytes(shape) / 1024);
  // A container answers one request at a time, and in the worst second each one fills its caches.
  const readersAtOnce = (shape: NetworkShape) => {
    const seconds = secondsOf(shape, 'api') / model.apiRequests(shape);
    return changeRequests(shape) * Math.min(1, seconds);
  };
  const edgesAShard = (shape: NetworkShape) =>
    Math.min(shape.edges, edgesOfShard(shape, { record_bytes: model.recordBytes(shape) }));
  return [
    {
      name: 'report stream',
      measure: 'shards',
      limit: MAX_SHARDS,
      load: shape => needs(shape).shards,
      instead: "the range of the setting `shards`; the account's quota is 20,000 in us-east-1",
      raised: true,
    },
    {
      name: 'counters of a slot',
      measure: 'write units a second under a partition key',
      limit: QUOTAS.key_writes.value,
      load: shape => (flowOf(shape).transactions * shape.policies * 2) / 60 / needs(shape).slots,
      instead: 'more shards, and as many `counter_slots`',
      raised: true,
    },
    {
      name: 'lanes of a bucket',
      measure: 'write units a second under a partition key',
      limit: QUOTAS.key_writes.value,
      load: shape => (flowOf(shape).reports * 2 * laneUnits(shape)) / 60 / LANE_BUCKETS,
      instead: 'DynamoDB splits a busy key by its sort key, which is the edge: edges are in no order of time',
      raised: true,
    },
    {
      name: 'lanes that ingest remembers',
      measure: "bytes of a function's memory",
      limit: MEMORY_OF_LANES,
      load: shape => edgesAShard(shape) * (model.laneBytes(shape) + LANE_OVERHEAD_BYTES),
      instead: 'lanes are read before they are written: a quarter read unit more a report',
      raised: false,
    },
    {
      name: 'snapshot, a group of lanes',
      measure: 'seconds of its minute',
      limit: SNAPSHOT_S,
      load: shape => secondsOf(shape, 'snapshot') / groupsFor(shape.edges, undefined),
      instead: 'more than 64 groups; a late group keeps its last reading and is named in the mark',
      raised: false,
    },
    {
      name: 'registered edges, read for each snapshot',
      measure: 'seconds at 3,000 read units a second of a partition key',
      limit: REGISTERED_S,
      load: shape => (shape.edges * EDGE_ITEM_BYTES) / READ_UNIT_BYTES / QUOTAS.key_reads.value,
      instead: 'the list in partitions, as lanes are',
      raised: false,
    },
    {
      name: 'policies, read by every edge after a change',
      measure: 'read units a second of a partition key',
      limit: QUOTAS.key_reads.value,
      load: shape => readersAtOnce(shape) * Math.ceil((shape.policies * POLICY_ITEM_BYTES) / READ_UNIT_BYTES),
      instead: 'throttled reads are repeated: edges read the change later',
      raised: false,
    },
    {
      name: 'version of all routes, read by every edge after a change',
      measure: 'read units a second of an item',
      limit: QUOTAS.key_reads.value,
      load: readersAtOnce,
      instead: 'throttled reads are repeated: edges read the change later',
      raised: false,
    },
    {
      name: 'clean-up of silent lanes',
      measure: 'seconds of its five minutes',
      limit: CLEANUP_S,
      load: shape => secondsOf(shape, 'cleanup') * 5,
      instead:
        'it starts at another bucket in each run, so that gauges of silent edges are removed later, but always',
      raised: true,
    },
    {
      name: 'job of the flow log',
      measure: `seconds of five minutes, in ${SLICES} concurrent runs`,
      limit: FLOW_LOG_S * SLICES,
      load: shape => (shape.flows === 0 ? 0 : secondsOf(shape, 'flow-log') * 5),
      instead: 'objects of the hour stay unmerged: queries by address read more of them; nothing is lost',
      raised: false,
    },
    {
      name: "names of the flow log's objects, listed by its job",
      measure: 'seconds of its five minutes',
      limit: FLOW_LOG_S,
      // Each object has an index, which has a name too.
      load: shape => (flowObjects(shape) * 2 * LIST_S) / LIST_NAMES,
      instead: 'merges and erasures wait; the bucket deletes a day late; nothing is lost',
      raised: false,
    },
    {
      name: 'Traffic table, writes',
      measure: 'write units a second',
      limit: QUOTAS.table_units.value,
      load: shape => needs(shape).write_units,
      instead: 'the quota of a table is raised, and the table is warmed for it',
      raised: true,
    },
    {
      name: 'Traffic table, reads',
      measure: 'read units a second',
      limit: QUOTAS.table_units.value,
      load: shape => needs(shape).read_units,
      instead: 'the quota of a table is raised',
      raised: true,
    },
    {
      name: 'AppSync, requests of edges',
      measure: 'requests a second',
      limit: QUOTAS.requests.value,
      load: shape => needs(shape).api_requests,
      instead: 'the quota of request tokens is raised',
      raised: true,
    },
    {
      name: 'AppSync, edges that read a change',
      measure: 'requests a second',
      limit: QUOTAS.requests.value,
      load: changeRequests,
      instead: 'the quota of request tokens is raised',
      raised: true,
    },
    {
      name: 'AppSync, edges that reconnect at the same time',
      measure: 'seconds until all have reconnected',
      limit: 600,
      load: shape => shape.edges / QUOTAS.connections.value,
      instead: 'meanwhile edges poll; the quota of connections a second is raised',
      raised: true,
    },
    {
      name: 'AppSync, one message to all edges',
      measure: 'messages a second',
      limit: QUOTAS.messages.value,
      load: shape => shape.edges,
      instead: 'the quota of outbound messages is raised',
      raised: true,
    },
    {
      name: 'Lambda, calls at a time',
      measure: 'calls under way',
      limit: QUOTAS.lambda_calls.value,
      load: shape => needs(shape).concurrency,
      instead: "the account's quota is raised",
      raised: true,
    },
    {
      name: 'Lambda, calls at a time while edges read a change',
      measure: 'calls under way',
      limit: QUOTAS.lambda_calls.value,
      load: shape => needs(shape).concurrency + readersAtOnce(shape),
      instead: "the account's quota is raised",
      raised: true,
    },
    {
      name: 'KMS, credentials of edges at the stream',
      measure: 'requests a second',
      limit: QUOTAS.kms_requests.value,
      load: shape => shape.edges / KMS_EVERY_S,
      instead: 'the quota is raised',
      raised: true,
    },
  ];
}
