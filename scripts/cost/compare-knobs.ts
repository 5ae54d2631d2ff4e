import { billOf, PROVISIONED_USE } from './bill.ts';
import type { Deployed } from './drivers.ts';
import type { FunctionModel } from './function-model.ts';
import type { NetworkShape } from './network-shape.ts';
import { QUOTAS } from './quotas.ts';

/** The saving when only one knob is changed. */
export interface Knob {
  /** The setting. */
  knob: string;
  /** Its drawback. */
  instead: string;
  change: Partial<NetworkShape>;
}

/** The knobs of a deployment, for a network of a shape. */
function knobsFor(shape: NetworkShape, model: FunctionModel): readonly Knob[] {
  return [
    tableByTheHour(shape, model),
    ...WINDOWS,
    {
      knob: 'edges with --interval 120',
      instead: 'counters and failovers twice as late',
      change: { interval_s: 120 },
    },
    {
      knob: 'edges with --interval 300',
      instead: 'counters and failovers five times as late',
      change: { interval_s: 300 },
    },
    ...THRIFT,
    {
      knob: '-c flow_log_ttl_hours=0',
      instead: 'no top flows and no figures by application; all counters are kept',
      change: { flows: 0 },
    },
  ];
}

const WINDOWS: readonly [Knob, Knob] = [
  {
    knob: '-c ingest_window_seconds=30',
    instead: 'counters and failovers up to 25 seconds later',
    change: { window_s: 30 },
  },
  {
    knob: '-c ingest_window_seconds=60',
    instead: 'counters and failovers up to a minute later',
    change: { window_s: 60 },
  },
];

const THRIFT: readonly Knob[] = [
  {
    knob: '-c stream_retention_hours=24',
    instead: 'only a day instead of a week to repair a broken ingest',
    change: { retention_hours: 24 },
  },
  {
    knob: '-c encrypt_stream=false',
    instead: 'reports are not encrypted at rest in the stream; in transit they are',
    change: { encrypted: false },
  },
  {
    knob: '-c dashboard=false',
    instead: 'no dashboard in CloudWatch; alarms and metrics are kept',
    change: { dashboard: false },
  },
];

/** Provisioned write units are rounded up to a multiple of this. */
const STEP_UNITS = 10;

/**
 * Provisions the units that the network needs, so that it does not wait for auto scaling while it
 * has that size.
 */
function tableByTheHour(shape: NetworkShape, model: FunctionModel): Knob {
  const usage = [...model.usageOf(shape).values()];
  const a_second = usage.reduce((sum, { traffic_write_units }) => sum + traffic_write_units, 0) / 60;
  const provisioned_units = Math.ceil(a_second / PROVISIONED_USE / STEP_UNITS) * STEP_UNITS;
  return {
    knob: `-c provisioned_write_units=${provisioned_units}`,
    instead:
      'if the load doubles within a minute or two, counters are late until the table has scaled; none is lost',
    change: { provisioned_units },
  };
}

/**
 * Knobs that cost no figure and little freshness, in the order in which to turn them after the
 * table.
 */
const THRIFTY: readonly Knob[] = [WINDOWS[0], ...THRIFT];

/** The number of steps of {@link thriftyKnobs}. */
export const THRIFTY_STEPS = THRIFTY.length + 1;

/**
 * The first `steps` of the settings that cost no figure; the table is provisioned for the others.
 */
export function thriftyKnobs(shape: NetworkShape, model: FunctionModel, steps = THRIFTY_STEPS): Knob[] {
  if (steps === 0) return [];
  const others = THRIFTY.slice(0, steps - 1);
  return [tableByTheHour(turned(shape, others), model), ...others];
}

/**
 * Settings that save money without delaying the counters of a steady network, losing durability, or
 * showing less. Empty if none saves, as for a few edges.
 */
export function recommendedKnobs(shape: NetworkShape, model: FunctionModel, deployed: Deployed): Knob[] {
  const knob = tableByTheHour(shape, model);
  // Auto scaling stops at the quota of a table.
  if (knob.change.provisioned_units! > QUOTAS.table_units.value) return [];
  const cost = (change: Partial<NetworkShape>) => billOf({ ...shape, ...change }, model, deployed).total;
  return cost(knob.change) < cost({}) ? [knob] : [];
}

/** A shape with knobs turned. */
export function turned(shape: NetworkShape, knobs: readonly Knob[]): NetworkShape {
  return Object.assign({}, shape, ...knobs.map(({ change }) => change)) as NetworkShape;
}

export interface ComparedKnob extends Knob {
  /** Dollars a month; negative: it costs more. */
  saved: number;
}

/** The saving of each knob if only it is changed; leaves out knobs without effect. */
export function compareKnobs(shape: NetworkShape, model: FunctionModel, deployed: Deployed): ComparedKnob[] {
  const { total } = billOf(shape, model, deployed);
  return knobsFor(shape, model)
    .filter(({ change }) =>
      Object.entries(change).some(([name, value]) => shape[name as keyof NetworkShape] !== value),
    )
    .map(knob => ({ ...knob, saved: total - billOf(turned(shape, [knob]), model, deployed).total }))
    .sort((a, b) => b.saved - a.saved);
}
