import { billOf, type Deployed } from './bill.ts';
import type { FunctionModel } from './function-model.ts';
import type { NetworkShape } from './network-shape.ts';

/** What the bill saves when one knob alone is changed. */
export interface Saving {
  /** How it is set. */
  knob: string;
  /** What it costs beside money. */
  instead: string;
  change: Partial<NetworkShape>;
}

/** What people who deploy may turn. */
export const KNOBS: readonly Saving[] = [
  {
    knob: '-c provisioned_write_units=…',
    instead: 'a load that grows in a minute or two is counted later, until the tables have followed',
    change: { provisioned: true },
  },
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
    knob: '-c flow_log_ttl_hours=0',
    instead: 'no top flows, no figures by application; all counters stay',
    change: { flows: 0 },
  },
];

/** What costs no figure and little freshness, in the order in which to turn it. */
export const THRIFTY: readonly Partial<NetworkShape>[] = [
  { provisioned: true },
  { window_s: 30 },
  { retention_hours: 24 },
  { encrypted: false },
];

export interface ComparedKnob extends Saving {
  /** Dollars a month; below zero it costs more. */
  saved: number;
}

/** What each knob would save, changed alone; those that change nothing are left out. */
export function compareKnobs(shape: NetworkShape, model: FunctionModel, deployed: Deployed): ComparedKnob[] {
  const { total } = billOf(shape, model, deployed);
  return KNOBS.filter(({ change }) =>
    Object.entries(change).some(([name, value]) => shape[name as keyof NetworkShape] !== value),
  )
    .map(knob => ({ ...knob, saved: total - billOf({ ...shape, ...knob.change }, model, deployed).total }))
    .sort((a, b) => b.saved - a.saved);
}
