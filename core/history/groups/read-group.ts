import { laneTotals, type WholeLane } from '../../ledger/lane/lane-totals.ts';
import { type LaneGroup, parseLaneSortKey } from '../../ledger/lane-keys.ts';
import { batchPut } from '../../storage/batch-write.ts';
import type { Item } from '../../storage/item.ts';
import type { Clock, Sleep } from '../../time/clock.ts';
import { ALL_TRAFFIC } from '../history-keys.ts';
import {
  type LaneReading,
  laneSampleItem,
  readLanesNow,
  readNewestSamples,
  toLaneReadings,
} from '../lane-sample.ts';
import { LaneTracker, type TrackedLane, type TrackedLanes } from '../late/lane-tracker.ts';
import type { Reading, ReadingId } from '../reading.ts';
import type { Resolution, Retention } from '../resolution.ts';
import type { Sample } from '../sample.ts';
import { expiryOf } from '../sample-expiry.ts';
import type { SampleStore } from '../sample-store.ts';

/** A lane that is silent for longer is sampled once an hour: it does not change in between. */
const SAMPLED_EACH_MINUTE_MS = 24 * 3_600_000;

export interface GroupOptions {
  store: SampleStore;
  retention: Retention;
  clock: Clock;
  sleep: Sleep;
  /** No reading is repeated after this time, milliseconds since the epoch. */
  deadline?: number;
}

/** An hour or a day for which a reading counts too. */
export type Rollup = Exclude<Resolution, 'MINUTE'>;

/** The request to read a group of lanes. */
export interface GroupRequest extends ReadingId {
  group: LaneGroup;
  rollups: readonly Rollup[];
  /**
   * The readings in which to look for a lane that can't be read now, from the newest on, which is
   * that of the last minute's mark.
   */
  earlier: readonly Reading[];
  /** The minute of the last mark; undefined for the system's first reading. */
  last?: number | undefined;
}

/** A lane in a reading, with the fields for the coverage of its edge. */
export interface SeenLane extends TrackedLane {
  parts: number;
  sent_at_ms: number;
  interval_s: number;
}

/** The result of one pass over the lanes of a group. */
export interface GroupReading {
  lanes: number;
  bad_lanes: number;
  /**
   * By policy id, with the sum of all under {@link ALL_TRAFFIC}, and with the parts of the
   * increments that belong to earlier minutes.
   */
  policies: Map<string, Sample>;
  /** By the sort key of the lane's item: the lanes that could be read, now or before. */
  seen: Map<string, SeenLane>;
}

/**
 * Reads every lane of a group once, sums policies and puts the lanes' samples. Each page is summed
 * and written before the next one is processed.
 *
 * @param before the lanes in the last reading that counts
 * @throws Throttled at the deadline
 */
export async function readGroup(
  options: GroupOptions,
  request: GroupRequest,
  before: TrackedLanes,
): Promise<GroupReading> {
  const { minute, last, group } = request;
  const tracker = new LaneTracker(before, { last, minute });
  const reading: GroupReading = { lanes: 0, bad_lanes: 0, policies: new Map(), seen: new Map() };
  const take = async (lanes: readonly LaneReading[]): Promise<void> => {
    const samples: Item[] = [];
    const expires_at = sampleExpiry(options, request);
    for (const { sk, data, lane } of lanes) {
      if (!lane) continue;
      const covered_to = tracker.track({ sk, lane });
      addLane(reading, { sk, data, lane, covered_to, request });
      if (isSampled(lane, request)) {
        samples.push(laneSampleItem({ sk, data }, { reading: request, covered_to, expires_at }));
      }
    }
    await tracker.addLate(repeated(options), request.earlier);
    const { store, sleep } = options;
    await batchPut(samples, { client: store.client, table: store.table, sleep });
  };
  const unreadable: LaneReading[] = [];
  for await (const page of readLanesNow(options.store, group)) {
    reading.lanes += page.length;
    unreadable.push(...page.filter(({ lane }) => !lane));
    await take(page);
  }
  reading.bad_lanes = unreadable.length;
  await take(await lastReadable(options, unreadable, request));
  for (const [policy_id, sample] of reading.policies) {
    const late = tracker.spansOf(policy_id);
    if (late.length > 0) sample.late = late;
  }
  return reading;
}

/**
 * The last readable samples of lanes that can't be read. Without these lanes the totals would drop
 * by all of their counts. They are sampled again, so that the next snapshot finds them.
 */
async function lastReadable(
  options: GroupOptions,
  unreadable: readonly LaneReading[],
  { earlier }: GroupRequest,
): Promise<LaneReading[]> {
  const lanes = unreadable.map(({ sk }) => parseLaneSortKey(sk));
  const samples = await readNewestSamples(repeated(options), { lanes, readings: earlier });
  const found = unreadable.flatMap(({ sk }, index) => {
    const sample = samples[index];
    return sample ? [{ sk, data: sample.data }] : [];
  });
  return toLaneReadings(options.store, found);
}

function repeated({ store, clock, sleep, deadline = Number.POSITIVE_INFINITY }: GroupOptions) {
  return { ...store, clock, sleep, random: Math.random, deadline };
}

function sampleExpiry({ retention }: GroupOptions, { minute, rollups }: GroupRequest): number {
  const resolutions: Resolution[] = ['MINUTE', ...rollups];
  return Math.max(...resolutions.map(resolution => expiryOf(minute, { resolution, retention })));
}

function isSampled({ last_heard_at_ms }: WholeLane, { taken_at, rollups }: GroupRequest): boolean {
  return rollups.length > 0 || last_heard_at_ms >= taken_at - SAMPLED_EACH_MINUTE_MS;
}

function addLane(
  { policies, seen }: GroupReading,
  found: { sk: string; data: Uint8Array; lane: WholeLane; covered_to: number; request: GroupRequest },
): void {
  const { sk, data, lane, covered_to, request } = found;
  const { parts, sent_at_ms, interval_s, last_heard_at_ms: heard_at } = lane;
  seen.set(sk, { heard_at, covered_to, data, parts, sent_at_ms, interval_s });
  for (const pair of laneTotals(lane)) {
    for (const id of [pair.policy_id, ALL_TRAFFIC]) {
      const sum = policies.get(id) ?? emptySample(request);
      addCounts(sum, pair);
      policies.set(id, sum);
    }
  }
}

/** Adds counts to a sample. */
export function addCounts(
  sum: Sample,
  counts: Pick<Sample, 'packets' | 'bytes' | 'estimated_bytes' | 'active_flows'>,
): void {
  sum.packets += counts.packets;
  sum.bytes += counts.bytes;
  if (counts.estimated_bytes) sum.estimated_bytes = (sum.estimated_bytes ?? 0n) + counts.estimated_bytes;
  sum.active_flows += counts.active_flows;
}

/** An empty sample of a reading. */
export function emptySample({ minute, taken_at }: ReadingId): Sample {
  return { at: minute, taken_at, packets: 0n, bytes: 0n, active_flows: 0 };
}
