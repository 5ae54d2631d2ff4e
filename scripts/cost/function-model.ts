import { LANE_BUCKETS } from '../../core/ledger/lane-keys.ts';
import { leastSquares } from './least-squares.ts';
import { type NetworkShape, reportFlowOf } from './network-shape.ts';
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
  /** What each function uses a minute. */
  usageOf(shape: NetworkShape): UsageByFunction;
  /** What the parts of a function's work use of one kind a minute: of ingest, its lanes, counters, paths … */
  partsOf(shape: NetworkShape, name: string, kind: keyof FunctionUsage): Record<string, number>;
}

/** The measured networks that a model is made from. */
export type LearntFrom = Pick<MeasuredUnits, 'shapes' | 'reference'>;

type Parts = Record<string, number>;

const UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/** What the model takes of the deployment that the measured shapes leave at its default. */
const DEPLOYED = {
  ...{ retention_hours: 24, encrypted: true, provisioned: false },
  ...{ flow_hours: 24, console_hours: 0 },
};

/**
 * Learns from measured shapes what a batch, a report, a lane and so on use of each kind, by function, and says what any other
 * shape uses: the sum over its parts.
 */
export function functionModel({ shapes: small, reference }: LearntFrom): FunctionModel {
  const shapes = [...small, reference];
  const shapeOf = ({ shape }: SimulatedUsage): NetworkShape => ({ ...shape, ...DEPLOYED });
  const learn = (used: (one: SimulatedUsage) => number, parts: (shape: NetworkShape) => number[]) => {
    const solution = leastSquares(shapes.map(one => ({ parts: parts(shapeOf(one)), used: used(one) })));
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
    ({ edges }) => [edges],
  );
  const asked = shapes.filter(one => one.api_requests > 0);
  const answer_bytes = asked.reduce((sum, one) => sum + one.answer_bytes, 0) / Math.max(1, asked.length);

  const partsOf = (shape: NetworkShape): Record<string, Parts> => {
    const flow = reportFlowOf(shape, { record_bytes: recordBytes(shape) });
    const lane_units = Math.ceil(laneBytes(shape) / UNIT_BYTES);
    const { edges: lanes, policies, paths, flows } = shape;
    // Each bucket is read in units of its own.
    const pages = LANE_BUCKETS * Math.ceil((lanes * laneBytes(shape)) / LANE_BUCKETS / READ_UNIT_BYTES);
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
      },
      cleanup: { runs: 1, lanes, pages, pairs: lanes * policies, paths: lanes * paths },
      'flow-log': flows > 0 ? { runs: 1, batches: flow.batches, flows: flow.reports * flows } : {},
      api: { requests: apiRequests(shape), paths: apiRequests(shape) * paths },
    };
  };

  const learnt = new Map<string, Map<keyof FunctionUsage, Parts>>();
  for (const name of new Set(shapes.flatMap(({ functions }) => Object.keys(functions)))) {
    const seen = shapes.filter(({ functions }) => functions[name]);
    const parts = seen.map(one => partsOf(shapeOf(one))[name] ?? {});
    const names = [...new Set(parts.flatMap(one => Object.keys(one)))];
    const kinds = Object.keys(seen[0]!.functions[name]!) as (keyof FunctionUsage)[];
    const uses = kinds.map((kind): [keyof FunctionUsage, Parts] => {
      const observations = seen.map((one, index) => ({
        parts: names.map(part => parts[index]![part] ?? 0),
        used: one.functions[name]![kind] / one.minutes,
      }));
      const solution = leastSquares(observations);
      return [kind, Object.fromEntries(names.map((part, index) => [part, solution[index]!]))];
    });
    learnt.set(name, new Map(uses));
  }

  return {
    recordBytes,
    laneBytes,
    apiRequests,
    answer_bytes,
    partsOf: usedByParts,
    usageOf(shape) {
      const usage = [...learnt].map(([name, kinds]): [string, FunctionUsage] => {
        const uses = [...kinds.keys()].map(kind => [
          kind,
          sum(Object.values(usedByParts(shape, name, kind))),
        ]);
        return [name, Object.fromEntries(uses) as FunctionUsage];
      });
      return new Map(usage);
    },
  };

  function usedByParts(shape: NetworkShape, name: string, kind: keyof FunctionUsage): Parts {
    const each = learnt.get(name)?.get(kind) ?? {};
    const parts = partsOf(shape)[name] ?? {};
    return Object.fromEntries(
      Object.entries(parts).map(([part, count]) => [part, count * (each[part] ?? 0)]),
    );
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
