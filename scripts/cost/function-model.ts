import { groupsFor } from '../../core/history/groups/group-workers.ts';
import { LANE_BUCKETS } from '../../core/ledger/lane-keys.ts';
import { type ConsoleHour, consoleModel } from './console-model.ts';
import { learnParts, type Parts, plus, usageBy, usedByParts } from './learnt-parts.ts';
import { leastSquares } from './least-squares.ts';
import { measuredShape } from './measured-shape.ts';
import { MINUTES_A_DAY, type NetworkShape, reportFlowOf } from './network-shape.ts';
import type { FunctionUsage, MeasuredUnits, SimulatedUsage } from './units.ts';

/** The use of functions a minute, by the network's shape. */
export type UsageByFunction = Map<string, FunctionUsage>;

export interface FunctionModel {
  /** Bytes of a report in the stream. */
  recordBytes(shape: NetworkShape): number;
  /** Bytes of a lane's item. */
  laneBytes(shape: NetworkShape): number;
  /** Requests of edges to the API a minute, and bytes of an answer. */
  apiRequests(shape: NetworkShape): number;
  answer_bytes: number;
  /** Mutations that publish to edges, and messages to edges, a minute. */
  publications(shape: NetworkShape): { requests: number; to_edges: number };
  /** The use of each function a minute, without consoles. */
  usageOf(shape: NetworkShape): UsageByFunction;
  /**
   * The use of the parts of a function's work, of one kind, a minute: for ingest its lanes,
   * counters, paths …
   */
  partsOf(shape: NetworkShape, name: string, kind: keyof FunctionUsage): Parts;
  consoleHour(shape: NetworkShape): ConsoleHour;
}

/** The measured networks that a model is fitted to. */
export type LearntFrom = Pick<MeasuredUnits, 'shapes' | 'reference' | 'console'>;

const UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/**
 * Fits the use of a batch, a report, a lane and so on to measured shapes, by function and kind. The
 * use of any other shape is the sum over its parts.
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
  // Path class changes are published to people.
  const publishing = learn(
    one => one.publications.requests / one.minutes,
    shape => [editsOf(shape), failuresOf(shape), shape.edges * shape.paths],
  );
  const asked = shapes.filter(one => one.api_requests > 0);
  const answer_bytes = asked.reduce((sum, one) => sum + one.answer_bytes, 0) / Math.max(1, asked.length);

  // Each bucket rounds its read units up separately.
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
        // Reads of a container from time to time, and with each batch, independent of the number of
        // paths.
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

/** Adds the snapshot's groups to the snapshot. */
export function withGroups(one: SimulatedUsage): SimulatedUsage {
  const { 'snapshot-group': groups, ...functions } = one.functions;
  const { snapshot } = functions;
  if (!groups || !snapshot) return one;
  return { ...one, functions: { ...functions, snapshot: plus(snapshot, groups) } };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
