import { groupsFor } from '../../core/history/groups/group-workers.ts';
import { LANE_BUCKETS } from '../../core/ledger/lane-keys.ts';
import { type ConsoleHour, consoleModel } from './console-model.ts';
import { learnParts, type Parts, plus, usageBy, usedByParts } from './learnt-parts.ts';
import { leastSquares } from './least-squares.ts';
import { measuredShape } from './measured-shape.ts';
import { MINUTES_A_DAY, type NetworkShape, reportFlowOf } from './network-shape.ts';
import type { FunctionUsage, MeasuredUnits, SimulatedUsage } from './units.ts';

/** What a function uses a minute, by the network's shape. */
export type UsageByFunction = Map<string, FunctionUsage>;

export interface FunctionModel {
  /** Bytes of a report in the stream. */
  recordBytes(shape: NetworkShape): number;
  /** Bytes of a lane's item. */
  laneBytes(shape: NetworkShape): number;
  /** Requests of edges to the API a minute, and bytes of an answer. */
  apiRequests(shape: NetworkShape): number;
  answer_bytes: number;
  /** Mutations that publish to edges, and messages that edges get, a minute. */
  publications(shape: NetworkShape): { requests: number; to_edges: number };
  /** What each function uses a minute, without consoles. */
  usageOf(shape: NetworkShape): UsageByFunction;
  /**
   * What the parts of a function's work use of one kind a minute: of ingest, its lanes, counters,
   * paths …
   */
  partsOf(shape: NetworkShape, name: string, kind: keyof FunctionUsage): Parts;
  consoleHour(shape: NetworkShape): ConsoleHour;
}

/** The measured networks that a model is made from. */
export type LearntFrom = Pick<MeasuredUnits, 'shapes' | 'reference' | 'console'>;

const UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/**
 * Learns from measured shapes what a batch, a report, a lane and so on use of each kind, by
 * function, and says what any other shape uses: the sum over its parts.
 */
export function functionModel({ shapes: small, reference, console: withConsole }: LearntFrom): FunctionModel {
  const shapes = [...small, reference].map(withGroups);
  const learn = (used: (one: SimulatedUsage) => number, parts: (shape: NetworkShape) => number[]) => {
    const solution = leastSquares(shapes.map(one => ({ parts: parts(measuredShape(one)), used: used(one) })));
    return (shape: NetworkShape) => dot(solution, parts(shape));
  };
  const recordBytes = learn(
    one => one.record_bytes,
    ({ policies, paths, flows }) => [1, policies, paths, flows],
  );
  const laneBytes = learn(
    one => one.lane_bytes,
    ({ policies, paths }) => [1, policies, paths],
  );
  const apiRequests = learn(
    one => one.api_requests / one.minutes,
    shape => [shape.edges, shape.edges * editsOf(shape), failuresOf(shape)],
  );
  const toEdges = learn(
    one => one.publications.to_edges / one.minutes,
    shape => [shape.edges * editsOf(shape), failuresOf(shape)],
  );
  // Paths that change class are told to people.
  const publishing = learn(
    one => one.publications.requests / one.minutes,
    shape => [editsOf(shape), failuresOf(shape), shape.edges * shape.paths],
  );
  const asked = shapes.filter(one => one.api_requests > 0);
  const answer_bytes = asked.reduce((sum, one) => sum + one.answer_bytes, 0) / Math.max(1, asked.length);

  // Each bucket is read in units of its own.
  const pagesOf = (shape: NetworkShape) =>
    LANE_BUCKETS * Math.ceil((shape.edges * laneBytes(shape)) / LANE_BUCKETS / READ_UNIT_BYTES);

  const partsOf = (shape: NetworkShape): Record<string, Parts> => {
    const flow = reportFlowOf(shape, { record_bytes: recordBytes(shape) });
    const lane_units = Math.ceil(laneBytes(shape) / UNIT_BYTES);
    const { edges: lanes, policies, paths, flows } = shape;
    const pages = pagesOf(shape);
    const groups = groupsFor(lanes, undefined, shape.lanes_a_group);
    const [edits, failures] = [editsOf(shape), failuresOf(shape)];
    return {
      ingest: {
        batches: flow.batches,
        // What a container reads now and then, and with a batch, however many paths it judges.
        path_shards: paths > 0 ? flow.shards : 0,
        path_batches: paths > 0 ? flow.batches : 0,
        counters: flow.transactions * policies,
        reports: flow.reports,
        lanes: flow.reports * lane_units,
        pairs: flow.reports * policies,
        paths: flow.reports * paths,
        flow_batches: flows > 0 ? flow.batches : 0,
        flows: flow.reports * flows,
      },
      snapshot: {
        runs: 1,
        lanes,
        lane_units: lanes * lane_units,
        pages,
        pairs: lanes * policies,
        policies,
        groups: groups > 1 ? groups : 0,
        grouped_lanes: groups > 1 ? lanes : 0,
      },
      cleanup: { runs: 1, lanes, pages, pairs: lanes * policies, paths: lanes * paths },
      'flow-log': flows > 0 ? { runs: 1, batches: flow.batches, flows: flow.reports * flows } : {},
      api: { readings: lanes, paths: lanes * paths, edits: lanes * edits, failures },
      figures: { runs: 1 },
      broadcast: { changes: edits + failures, paths: lanes * paths },
    };
  };

  const learnt = learnParts(
    shapes.map(one => ({
      functions: one.functions,
      minutes: one.minutes,
      parts: partsOf(measuredShape(one)),
    })),
  );
  return {
    recordBytes,
    laneBytes,
    apiRequests,
    answer_bytes,
    publications: shape => ({ requests: publishing(shape), to_edges: toEdges(shape) }),
    partsOf: (shape, name, kind) => usedByParts(learnt, partsOf(shape), name, kind),
    usageOf: shape => usageBy(learnt, partsOf(shape)),
    consoleHour: consoleModel({ networks: [...small, withConsole], pagesOf }),
  };
}

const editsOf = ({ edits_a_day }: NetworkShape): number => edits_a_day / MINUTES_A_DAY;
const failuresOf = ({ edges, failures_a_day }: NetworkShape): number =>
  (edges * failures_a_day) / MINUTES_A_DAY;

/** With the groups of the snapshot counted as part of it. */
export function withGroups(one: SimulatedUsage): SimulatedUsage {
  const { 'snapshot-group': groups, ...functions } = one.functions;
  const { snapshot } = functions;
  if (!groups || !snapshot) return one;
  return { ...one, functions: { ...functions, snapshot: plus(snapshot, groups) } };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
