import type { Clock, Sleep } from '../clock.ts';
import { isHeard } from '../network/completeness.ts';
import { batchPut } from '../storage/batch-write.ts';
import { type Lane, laneTotals } from '../traffic/lane.ts';
import { parseLaneSortKey } from '../traffic/lane-keys.ts';
import { putFirstSnapshot } from './first-snapshot.ts';
import { ALL_TRAFFIC } from './history-keys.ts';
import {
  type LaneReading,
  laneSampleItem,
  type Reading,
  readLaneSamples,
  readLanesNow,
  toLaneReading,
} from './lane-sample.ts';
import { putMark } from './put-mark.ts';
import { floorTo, RESOLUTIONS, type Resolution, type Retention } from './resolution.ts';
import { rollupSamples } from './rollup.ts';
import type { Sample, SnapshotMark } from './sample.ts';
import { expiryOf } from './sample-expiry.ts';
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
  /** No reading is repeated after it, milliseconds since the epoch. */
  deadline?: number;
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
  const newest = await readLastMark(store, { resolution: 'MINUTE' });
  const last = isAfter(newest, minute)
    ? await readLastMark(store, { resolution: 'MINUTE', before: minute })
    : newest;
  if (last?.at === minute || isOvertaken(newest, { minute, now: clock() })) {
    return { taken: false, minute, lanes: 0, bad_lanes: 0, policies_written: 0, rollups: [] };
  }
  const { rollups, hour, day } = await dueRollups(store, minute);
  const earlier = [last, hour].filter(mark => mark !== undefined);
  const reading = await readAll(options, { minute, taken_at: clock(), rollups, earlier });
  const { taken_at, lanes, bad_lanes } = reading;
  const edges = { edges_expected: registered.size, edges_heard: reading.heard.size };
  const mark: SnapshotMark = { at: minute, taken_at, minute, ...edges, lanes, bad_lanes };

  const known = options.previous?.taken_at === last?.taken_at ? options.previous?.fingerprints : undefined;
  const written = await writePolicySamples(options, { reading, known });
  await rollupSamples(options, { mark, policies: reading.policies, rollups });
  if (!newest && !day) await putFirstSnapshot(store, minute);
  const taken = await putMark(options, mark, 'MINUTE');
  for (const resolution of taken ? rollups : []) {
    await putMark(options, { ...mark, at: floorTo(minute, RESOLUTIONS[resolution].ms) }, resolution);
  }
  if (taken) remember(options.previous, { taken_at, fingerprints: new Map([...(known ?? []), ...written]) });
  return { taken, minute, lanes, bad_lanes, policies_written: written.size, rollups };
}

function isAfter(mark: SnapshotMark | undefined, minute: number): boolean {
  return mark !== undefined && mark.at > minute;
}

// A late job must not put what it reads now before what a later minute's job has read already: totals would go down. A mark that
// was taken in the future is one of a clock that was set back since; it holds nothing up.
function isOvertaken(
  newest: SnapshotMark | undefined,
  { minute, now }: { minute: number; now: number },
): boolean {
  return newest !== undefined && newest.at > minute && newest.taken_at <= now;
}

/** The hour and the day whose instant this minute is the first to be read at, and the last marks of both. */
async function dueRollups(store: SampleStore, minute: number) {
  const [hour, day] = await Promise.all([
    readLastMark(store, { resolution: 'HOUR', before: minute }),
    readLastMark(store, { resolution: 'DAY', before: minute }),
  ]);
  const rollups: Rollup[] = [];
  if (!hour || hour.at < floorTo(minute, RESOLUTIONS.HOUR.ms)) rollups.push('HOUR');
  if (!day || day.at < floorTo(minute, RESOLUTIONS.DAY.ms)) rollups.push('DAY');
  return { rollups, hour, day };
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
  options: SnapshotOptions,
  { earlier, ...reading }: Reading & { rollups: Rollup[]; earlier: readonly Reading[] },
): Promise<WholeReading> {
  const { store, registered } = options;
  const whole: WholeReading = { ...reading, lanes: 0, bad_lanes: 0, policies: new Map(), heard: new Set() };
  const unreadable: LaneReading[] = [];
  for await (const page of readLanesNow(store)) {
    whole.lanes += page.length;
    for (const found of page) {
      if (found.lane) addLane(whole, found.lane, registered);
      else unreadable.push(found);
    }
    await writeLaneSamples(options, whole, page);
  }
  whole.bad_lanes = unreadable.length;
  const stood = await lastReadable(options, { unreadable, earlier });
  for (const { lane } of stood) if (lane) addLane(whole, lane, registered);
  await writeLaneSamples(options, whole, stood);
  return whole;
}

/**
 * Lanes that can't be read, as the last snapshot that could read them saw them: left out, they would take all they ever counted from the
 * totals. They are sampled again, so that the next snapshot finds them.
 */
async function lastReadable(
  { store, clock, sleep, deadline = Number.POSITIVE_INFINITY }: SnapshotOptions,
  { unreadable, earlier }: { unreadable: readonly LaneReading[]; earlier: readonly Reading[] },
): Promise<LaneReading[]> {
  const lanes = unreadable.map(({ sk }) => parseLaneSortKey(sk));
  const reader = { ...store, clock, sleep, random: Math.random, deadline };
  const sampleAt = await readLaneSamples(reader, { lanes, readings: distinct(earlier) });
  return unreadable.flatMap(({ bucket, sk }, index) => {
    const data = earlier.map(reading => sampleAt(lanes[index]!, reading)).find(found => found !== undefined);
    return data ? [toLaneReading(bucket, { sk, data })] : [];
  });
}

function distinct(readings: readonly Reading[]): Reading[] {
  return [...new Map(readings.map(reading => [`${reading.minute}#${reading.taken_at}`, reading])).values()];
}

async function writeLaneSamples(
  { store, sleep, retention }: SnapshotOptions,
  whole: WholeReading,
  found: readonly LaneReading[],
): Promise<void> {
  const resolutions: Resolution[] = ['MINUTE', ...whole.rollups];
  const expires_at = Math.max(
    ...resolutions.map(resolution => expiryOf(whole.minute, { resolution, retention })),
  );
  const items = found
    .filter(each => isSampled(each, whole))
    .map(each => laneSampleItem(each, { reading: whole, expires_at }));
  await batchPut(items, { client: store.client, table: store.table, sleep });
}

function addLane(whole: WholeReading, lane: Lane, registered: ReadonlySet<string>): void {
  if (registered.has(lane.edge_id) && isHeard(lane.last_heard_at_ms, whole.taken_at)) {
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
  const expires_at = expiryOf(minute, { resolution: 'MINUTE', retention });
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
