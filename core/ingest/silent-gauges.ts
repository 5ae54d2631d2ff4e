import { type LaneItem, readStoredLanes } from '../ledger/figures/read-lanes.ts';
import { isSilent, type SilenceOptions } from '../ledger/lane/silence.ts';
import { laneBuckets } from '../ledger/lane-keys.ts';
import { decodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../ledger/packing/packed-item.ts';
import { type GaugeWriting, gaugeWrite, writeGauges } from './gauge-writes.ts';
import type { LaneWrite } from './lane-transaction.ts';

/** Lanes whose gauges are withdrawn before more are read. */
const LANES_AT_ONCE = 200;

export interface SilentGaugesContext extends GaugeWriting, SilenceOptions {}

export interface SilentGaugesResult {
  lanes_read: number;
  lanes_taken_out: number;
  /** They reported meanwhile, or another writer was first: the next run looks again. */
  lanes_left: number;
  lanes_unreadable: number;
  /** False when the deadline came first; the next run begins elsewhere. */
  complete: boolean;
}

/**
 * Withdraws the gauges of silent lanes from the counters, in the way ingest writes: conditional on the lane's version and
 * changing it. The edge's next report puts its gauges back. Runs that are cut short begin at another bucket each time, so all
 * are reached.
 */
export async function withdrawSilentGauges(context: SilentGaugesContext): Promise<SilentGaugesResult> {
  const result: SilentGaugesResult = {
    lanes_read: 0,
    lanes_taken_out: 0,
    lanes_left: 0,
    lanes_unreadable: 0,
    complete: true,
  };
  const now = context.clock();
  for (const buckets of bucketGroups(now)) {
    let waiting: LaneWrite[] = [];
    for await (const page of readStoredLanes(context.client, context.tables, buckets)) {
      result.lanes_read += page.length;
      waiting.push(...page.flatMap(item => silentWrite(item, now, result, context)));
      if (waiting.length < LANES_AT_ONCE) continue;
      await writeAll(waiting, context, result);
      waiting = [];
    }
    await writeAll(waiting, context, result);
    if (context.clock() >= context.deadline) return { ...result, complete: false };
  }
  return result;
}

const BUCKETS_AT_ONCE = 16;

/** How often the clean-up runs. */
const RUN_EVERY_MS = 300_000;

/** All buckets in groups, beginning at another one at each run. */
function bucketGroups(now: number): string[][] {
  const buckets = laneBuckets();
  const groups: string[][] = [];
  for (let from = 0; from < buckets.length; from += BUCKETS_AT_ONCE) {
    groups.push(buckets.slice(from, from + BUCKETS_AT_ONCE));
  }
  const first = Math.floor(now / RUN_EVERY_MS) % groups.length;
  return [...groups.slice(first), ...groups.slice(0, first)];
}

/** The write that withdraws a lane's gauges; none for a lane that isn't silent, or has none. */
function silentWrite(
  item: LaneItem,
  now: number,
  result: SilentGaugesResult,
  silence: SilenceOptions,
): LaneWrite[] {
  const lane = readOrUnreadable(() => decodeLane(item, item.data));
  if (lane instanceof PackedDataUnreadable) {
    result.lanes_unreadable++;
    return [];
  }
  const write = isSilent(lane, now, silence) ? gaugeWrite(item, lane) : undefined;
  return write ? [write] : [];
}

async function writeAll(
  writes: readonly LaneWrite[],
  context: SilentGaugesContext,
  result: SilentGaugesResult,
): Promise<void> {
  const left = await writeGauges(writes, context);
  result.lanes_taken_out += writes.length - left;
  result.lanes_left += left;
}
