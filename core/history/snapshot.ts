import type { Clock, Sleep } from '../clock.ts';
import { HEARD_WITHIN_MS } from '../network/completeness.ts';
import { batchPut } from '../storage/batch-write.ts';
import { laneTotals } from '../traffic/lane.ts';
import { ALL_TRAFFIC } from './history-keys.ts';
import { type LaneReading, laneSampleItem, type Reading, readLanesNow } from './lane-sample.ts';
import { putMark } from './put-mark.ts';
import { floorTo, RESOLUTIONS, type Resolution, type Retention } from './resolution.ts';
import { rollupSamples } from './rollup.ts';
import type { Sample, SnapshotMark } from './sample.ts';
import { policySampleItem, readLastMark, type SampleStore } from './sample-store.ts';

/** A lane that is silent for longer is sampled at the hour only: between, nothing of it changes. */
const SAMPLED_EACH_MINUTE_MS = 24 * 3_600_000;

export interface SnapshotOptions {
  store: SampleStore;
  /** The instant that the schedule fired for; its minute is what the snapshot stands for. Milliseconds. */
  scheduled_at: number;
  /** Ids of the registered edges that are not retired. */
  registered: ReadonlySet<string>;
  retention: Retention;
  clock: Clock;
  sleep: Sleep;
  /** What this container wrote last, to leave out what has not changed. Losing it costs writes, no sample. */
  previous?: PreviousTotals;
}

export interface SnapshotResult {
  /** `false`: this minute had been taken already, and nothing was changed. */
  taken: boolean;
  minute: number;
  lanes: number;
  bad_lanes: number;
  /** Samples written: the policies whose totals changed, and the sum of all. */
  policies_written: number;
  /** The resolutions whose hour or day this reading also stands for. */
  rollups: Rollup[];
}

/** What a container remembers of its last snapshot; it counts only while no other run has taken one since. */
export interface PreviousTotals {
  taken_at: number;
  /** By policy, the totals that were written last. */
  fingerprints: Map<string, string>;
}

export type Rollup = Exclude<Resolution, 'MINUTE'>;

/**
 * Takes the snapshot of a minute: reads every lane once, and derives the samples of all policies and lanes from that one
 * reading. Everything is written under the time of the reading; the mark, put last and on condition, makes it count. So a
 * run that is cut off leaves nothing visible, and of two runs of one minute the first to finish wins.
 */
export async function takeSnapshot(options: SnapshotOptions): Promise<SnapshotResult> {
  const { store, scheduled_at, clock, registered } = options;
  const minute = floorTo(scheduled_at, RESOLUTIONS.MINUTE.ms);
  const last = await readLastMark(store, { resolution: 'MINUTE', before: minute });
  if (last?.at === minute) {
    return { taken: false, minute, lanes: 0, bad_lanes: 0, policies_written: 0, rollups: [] };
  }
  const rollups = await dueRollups(store, minute);
  const reading = await readAll(options, { minute, taken_at: clock(), rollups });
  const { taken_at, lanes, bad_lanes } = reading;
  const edges = { edges_expected: registered.size, edges_heard: reading.heard.size };
  const mark: SnapshotMark = { at: minute, taken_at, minute, ...edges, lanes, bad_lanes };

  const known = options.previous?.taken_at === last?.taken_at ? options.previous?.fingerprints : undefined;
  const written = await writePolicySamples(options, { reading, known });
  await rollupSamples(options, { mark, policies: reading.policies, rollups });
  const taken = await putMark(options, mark, 'MINUTE');
  for (const resolution of taken ? rollups : []) {
    await putMark(options, { ...mark, at: floorTo(minute, RESOLUTIONS[resolution].ms) }, resolution);
  }
  if (taken) remember(options.previous, { taken_at, fingerprints: new Map([...(known ?? []), ...written]) });
  return { taken, minute, lanes, bad_lanes, policies_written: written.size, rollups };
}

/** The hour and the day whose instant this minute is the first to be read at. */
async function dueRollups(store: SampleStore, minute: number): Promise<Rollup[]> {
  const due: Rollup[] = [];
  for (const resolution of ['HOUR', 'DAY'] as const) {
    const at = floorTo(minute, RESOLUTIONS[resolution].ms);
    const last = await readLastMark(store, { resolution, before: minute });
    if (last === undefined || last.at < at) due.push(resolution);
  }
  return due;
}

interface WholeReading extends Reading {
  rollups: Rollup[];
  lanes: number;
  bad_lanes: number;
  /** By policy id, and the sum of them all under {@link ALL_TRAFFIC}. */
  policies: Map<string, Sample>;
  /** Registered edges that were heard from lately. */
  heard: Set<string>;
}

// One pass: each page of lanes is summed and written before the next is looked at, so memory does not grow with lanes.
async function readAll(
  { store, registered, sleep, retention }: SnapshotOptions,
  reading: Reading & { rollups: Rollup[] },
): Promise<WholeReading> {
  const whole: WholeReading = { ...reading, lanes: 0, bad_lanes: 0, policies: new Map(), heard: new Set() };
  const keptMs = Math.max(retention.MINUTE, ...reading.rollups.map(resolution => retention[resolution]));
  const expires_at = Math.ceil((reading.minute + keptMs) / 1000);
  for await (const page of readLanesNow(store)) {
    const items = [];
    for (const found of page) {
      addLane(whole, found, registered);
      if (isSampled(found, whole)) items.push(laneSampleItem(found, { reading, expires_at }));
    }
    await batchPut(items, { client: store.client, table: store.table, sleep });
  }
  return whole;
}

function addLane(whole: WholeReading, { lane }: LaneReading, registered: ReadonlySet<string>): void {
  whole.lanes += 1;
  if (!lane) {
    whole.bad_lanes += 1;
    return;
  }
  if (registered.has(lane.edge_id) && lane.last_heard_at_ms >= whole.taken_at - HEARD_WITHIN_MS) {
    whole.heard.add(lane.edge_id);
  }
  for (const pair of laneTotals(lane)) {
    for (const id of [pair.policy_id, ALL_TRAFFIC]) {
      const sum = whole.policies.get(id) ?? emptySample(whole);
      sum.packets += pair.packets;
      sum.bytes += pair.bytes;
      sum.active_flows += pair.active_flows;
      whole.policies.set(id, sum);
    }
  }
}

function emptySample({ minute, taken_at }: Reading): Sample {
  return { at: minute, taken_at, packets: 0n, bytes: 0n, active_flows: 0 };
}

function isSampled({ lane }: LaneReading, { taken_at, rollups }: WholeReading): boolean {
  if (!lane) return false;
  return rollups.length > 0 || lane.last_heard_at_ms >= taken_at - SAMPLED_EACH_MINUTE_MS;
}

// The first snapshot of each hour writes all policies, so that a reader finds a base within the hour before.
async function writePolicySamples(
  { store, retention, sleep }: SnapshotOptions,
  { reading, known }: { reading: WholeReading; known: ReadonlyMap<string, string> | undefined },
): Promise<Map<string, string>> {
  const { policies, minute, rollups } = reading;
  const written = new Map<string, string>();
  const items: Record<string, unknown>[] = [];
  const expires_at = Math.ceil((minute + retention.MINUTE) / 1000);
  for (const [policy_id, sample] of policies) {
    const fingerprint = `${sample.packets}#${sample.bytes}#${sample.active_flows}`;
    if (rollups.length === 0 && known?.get(policy_id) === fingerprint) continue;
    written.set(policy_id, fingerprint);
    items.push(policySampleItem(policy_id, sample, { resolution: 'MINUTE', expires_at }));
  }
  await batchPut(items, { client: store.client, table: store.table, sleep });
  return written;
}

function remember(previous: PreviousTotals | undefined, totals: PreviousTotals): void {
  if (previous) Object.assign(previous, totals);
}
