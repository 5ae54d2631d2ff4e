import { billOf, type Deployed, PROVISIONED_USE } from './bill.ts';
import type { FunctionModel } from './function-model.ts';
import type { NetworkShape } from './network-shape.ts';
import { QUOTAS } from './quotas.ts';

/** What the bill saves when one knob alone is changed. */
export interface Knob {
  /** How it is set. */
  knob: string;
  /** What it costs beside money. */
  instead: string;
  change: Partial<NetworkShape>;
}

/** What people who deploy may turn, for a network of a shape. */
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
      instead: 'no top flows, no figures by application; all counters stay',
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
    instead: 'a day instead of a week to repair a broken ingest',
    change: { retention_hours: 24 },
  },
  {
    knob: '-c encrypt_stream=false',
    instead: 'reports lie unencrypted in the stream; on their way they are encrypted all the same',
    change: { encrypted: false },
  },
  {
    knob: '-c dashboard=false',
    instead: 'no dashboard in CloudWatch; alarms and metrics stay',
    change: { dashboard: false },
  },
];

/** Write units that a table is given are a multiple of it. */
const STEP_UNITS = 10;

/**
 * With as many units as the network needs, so that nothing waits for auto scaling while it is as
 * large as that.
 */
function tableByTheHour(shape: NetworkShape, model: FunctionModel): Knob {
  const usage = [...model.usageOf(shape).values()];
  const a_second = usage.reduce((sum, { traffic_write_units }) => sum + traffic_write_units, 0) / 60;
  const provisioned_units = Math.ceil(a_second / PROVISIONED_USE / STEP_UNITS) * STEP_UNITS;
  return {
    knob: `-c provisioned_write_units=${provisioned_units}`,
    instead:
      'where a load doubles within a minute or two, counters are later until the table has followed; none is lost',
    change: { provisioned_units },
  };
}

/** What costs no figure and little freshness, in the order in which to turn it after the table. */
const THRIFTY: readonly Knob[] = [WINDOWS[0], ...THRIFT];

/** How many steps {@link thriftyKnobs} has. */
export const THRIFTY_STEPS = THRIFTY.length + 1;

/**
 * The first so many settings of those that cost no figure; the table is given what it needs with
 * the others.
 */
export function thriftyKnobs(shape: NetworkShape, model: FunctionModel, steps = THRIFTY_STEPS): Knob[] {
  if (steps === 0) return [];
  const others = THRIFTY.slice(0, steps - 1);
  return [tableByTheHour(turned(shape, others), model), ...others];
}

/**
 * Settings that save without making counters of a steady network later, losing durability, or
 * showing less. Without any where none saves, as for a few edges.
 */
export function recommendedKnobs(shape: NetworkShape, model: FunctionModel, deployed: Deployed): Knob[] {
  const knob = tableByTheHour(shape, model);
  // Auto scaling ends at the quota of a table.
  if (knob.change.provisioned_units! > QUOTAS.table_units.value) return [];
  const cost = (change: Partial<NetworkShape>) => billOf({ ...shape, ...change }, model, deployed).total;
  return cost(knob.change) < cost({}) ? [knob] : [];
}

/** A shape with knobs turned. */
export function turned(shape: NetworkShape, knobs: readonly Knob[]): NetworkShape {
  return Object.assign({}, shape, ...knobs.map(({ change }) => change)) as NetworkShape;
}

export interface ComparedKnob extends Knob {
  /** Dollars a month; below zero it costs more. */
  saved: number;
}

/** What each knob would save, changed alone; those that change nothing are left out. */
export function compareKnobs(shape: NetworkShape, model: FunctionModel, deployed: Deployed): ComparedKnob[] {
  const { total } = billOf(shape, model, deployed);
  return knobsFor(shape, model)
    .filter(({ change }) =>
      Object.entries(change).some(([name, value]) => shape[name as keyof NetworkShape] !== value),
    )
    .map(knob => ({ ...knob, saved: total - billOf(turned(shape, [knob]), model, deployed).total }))
    .sort((a, b) => b.saved - a.saved);
}
