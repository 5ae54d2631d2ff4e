import { HeardEdges } from '../inventory/edges/completeness.ts';
import type { ServedEdge } from '../inventory/edges/edge-service.ts';
import { ratedSpan } from '../ledger/lane/lane-rates.ts';
import { laneTotals, type WholeLane } from '../ledger/lane/lane-totals.ts';
import { isSilent, type SilenceOptions } from '../ledger/lane/silence.ts';
import { parseLaneSortKey } from '../ledger/lane-keys.ts';
import { batchPut } from '../storage/batch-write.ts';
import type { Item } from '../storage/item.ts';
import type { Clock, Sleep } from '../time/clock.ts';
import { ALL_TRAFFIC } from './history-keys.ts';
import {
  type LaneReading,
  laneSampleItem,
  type Reading,
  readLaneSamples,
  readLanesNow,
  toLaneReadings,
} from './lane-sample.ts';
import { LaneTracker, type TrackedLanes } from './late/lane-tracker.ts';
import type { Resolution, Retention } from './resolution.ts';
import type { Sample } from './sample.ts';
import { expiryOf } from './sample-expiry.ts';
import type { SampleStore } from './sample-store.ts';

/** A lane that is silent for longer is sampled at the hour only: between, nothing of it changes. */
const SAMPLED_EACH_MINUTE_MS = 24 * 3_600_000;

export interface ReadingOptions extends SilenceOptions {
  store: SampleStore;
  /** All edges that were ever registered. */
  registered: readonly ServedEdge[];
  retention: Retention;
  clock: Clock;
  sleep: Sleep;
  /** No reading is repeated after it, milliseconds since the epoch. */
  deadline?: number;
}

/** An hour or a day that a reading also stands for. */
export type Rollup = Exclude<Resolution, 'MINUTE'>;

/** All lanes as one pass over them found them. */
export interface WholeReading extends Reading {
  rollups: Rollup[];
  lanes: number;
  bad_lanes: number;
  /** Lanes that weren't silent and whose rates are known. */
  rated_lanes: number;
  /** By policy id, and the sum of them all under {@link ALL_TRAFFIC}. */
  policies: Map<string, Sample>;
  /** The registered edges that were heard of. */
  heard: HeardEdges;
  /** What the increments of this reading owe to earlier minutes. */
  tracker: LaneTracker;
}

/** A reading that is to be taken. */
export interface ReadingRequest extends Reading {
  rollups: Rollup[];
  /** The readings that a lane is looked for in where it can't be read now, newest first. */
  earlier: readonly Reading[];
  /** The lanes as the reading before saw them, and its minute; undefined for the system's first. */
  before: { minute: number; lanes: TrackedLanes } | undefined;
}

/**
 * Reads every lane once, sums policies and puts the lanes' samples. Each page is summed and written before the next is looked at; of each
 * lane only its packed bytes stay in memory, for the next reading.
 */
export async function readWhole(
  options: ReadingOptions,
  { earlier, before, ...reading }: ReadingRequest,
): Promise<WholeReading> {
  const { store, registered, silent_after_s } = options;
  const heard = new HeardEdges(registered, reading.taken_at, { silent_after_s });
  const tracker = new LaneTracker(before?.lanes ?? new Map(), {
    last: before?.minute,
    minute: reading.minute,
  });
  const whole: WholeReading = {
    ...reading,
    lanes: 0,
    bad_lanes: 0,
    rated_lanes: 0,
    policies: new Map(),
    heard,
    tracker,
  };
  const unreadable: LaneReading[] = [];
  for await (const page of readLanesNow(store)) {
    whole.lanes += page.length;
    for (const found of page) {
      if (found.lane) {
        addLane(whole, found.lane);
        if (isRated(found.lane, reading.taken_at, { silent_after_s })) whole.rated_lanes += 1;
      } else unreadable.push(found);
    }
    await writeLaneSamples(options, whole, page);
  }
  whole.bad_lanes = unreadable.length;
  const recovered = await lastReadable(options, { unreadable, earlier });
  for (const { lane } of recovered) if (lane) addLane(whole, lane);
  await writeLaneSamples(options, whole, recovered);
  for (const [policy_id, sample] of whole.policies) {
    const late = tracker.spansOf(policy_id);
    if (late.length > 0) sample.late = late;
  }
  return whole;
}

/**
 * Lanes that can't be read, as the last snapshot that could read them saw them: left out, they would take all they ever counted from the
 * totals. They are sampled again, so that the next snapshot finds them.
 */
async function lastReadable(
  { store, clock, sleep, deadline = Number.POSITIVE_INFINITY }: ReadingOptions,
  { unreadable, earlier }: { unreadable: readonly LaneReading[]; earlier: readonly Reading[] },
): Promise<LaneReading[]> {
  const lanes = unreadable.map(({ sk }) => parseLaneSortKey(sk));
  const reader = { ...store, clock, sleep, random: Math.random, deadline };
  const sampleAt = await readLaneSamples(reader, { lanes, readings: distinct(earlier) });
  const samples = unreadable.flatMap(({ bucket, sk }, index) => {
    const sample = earlier
      .map(reading => sampleAt(lanes[index]!, reading))
      .find(found => found !== undefined);
    return sample ? [{ bucket, sk, ...sample }] : [];
  });
  return toLaneReadings(store, samples);
}

function distinct(readings: readonly Reading[]): Reading[] {
  return [...new Map(readings.map(reading => [`${reading.minute}#${reading.taken_at}`, reading])).values()];
}

async function writeLaneSamples(
  { store, sleep, retention }: ReadingOptions,
  whole: WholeReading,
  found: readonly LaneReading[],
): Promise<void> {
  const resolutions: Resolution[] = ['MINUTE', ...whole.rollups];
  const expires_at = Math.max(
    ...resolutions.map(resolution => expiryOf(whole.minute, { resolution, retention })),
  );
  const items: Item[] = [];
  for (const each of found) {
    const covered_to = whole.tracker.track(each);
    if (isSampled(each, whole)) items.push(laneSampleItem(each, { reading: whole, covered_to, expires_at }));
  }
  await whole.tracker.addLate(store);
  await batchPut(items, { client: store.client, table: store.table, sleep });
}

function isRated(lane: WholeLane, now: number, silence: SilenceOptions): boolean {
  return ratedSpan(lane) !== undefined && !isSilent(lane, now, silence);
}

function addLane(whole: WholeReading, lane: WholeLane): void {
  whole.heard.add(lane);
  for (const pair of laneTotals(lane)) {
    for (const id of [pair.policy_id, ALL_TRAFFIC]) {
      const sum = whole.policies.get(id) ?? emptySample(whole);
      sum.packets += pair.packets;
      sum.bytes += pair.bytes;
      if (pair.estimated_bytes !== 0n)
        sum.estimated_bytes = (sum.estimated_bytes ?? 0n) + pair.estimated_bytes;
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
