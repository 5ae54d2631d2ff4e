import { type LaneItem, readStoredLanes } from '../ledger/figures/read-lanes.ts';
import { isSilent, type SilenceOptions } from '../ledger/lane/silence.ts';
import { listingGroups, noteListing } from '../ledger/listing/listing-state.ts';
import { decodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../ledger/packing/packed-item.ts';
import { type GaugeWriting, gaugeWrite, writeGauges } from './gauge-writes.ts';
import type { LaneWrite } from './lane-transaction.ts';
import { listOldLanes, type ReadLane } from './list-old-lanes.ts';

/** Lanes whose gauges are withdrawn before more are read. */
const LANES_AT_ONCE = 200;

export interface SilentGaugesContext extends GaugeWriting, SilenceOptions {}

export interface SilentGaugesResult {
  lanes_read: number;
  lanes_taken_out: number;
  /** Another writer changed them meanwhile; the next run checks them again. */
  lanes_left: number;
  /** Lanes of an earlier release that were listed nowhere until now (docs/decisions/165). */
  lanes_listed: number;
  lanes_unreadable: number;
  /** False if the deadline came before the end; the next run begins at another group. */
  complete: boolean;
}

/**
 * Withdraws the gauges of silent lanes from the counters. Like ingest, it writes on condition of
 * the lane's version and changes it. The edge's next report adds its gauges again. As it reads
 * every lane, it also lists those of earlier releases, and stores whether all are listed. Each run
 * begins at another group, so that runs that are cut short reach all lanes.
 */
export async function withdrawSilentGauges(context: SilentGaugesContext): Promise<SilentGaugesResult> {
  const result: SilentGaugesResult = {
    lanes_read: 0,
    lanes_taken_out: 0,
    lanes_left: 0,
    lanes_listed: 0,
    lanes_unreadable: 0,
    complete: true,
  };
  const now = context.clock();
  for (const buckets of groupsFrom(now)) {
    const began = context.clock();
    let unlisted = 0;
    let waiting: LaneWrite[] = [];
    for await (const page of readStoredLanes(context.client, context.tables, buckets)) {
      const lanes = page.flatMap(readLane);
      const old = lanes.filter(({ item }) => !item.listed);
      const listed = await listOldLanes(old, context);
      result.lanes_read += page.length;
      result.lanes_unreadable += page.length - lanes.length;
      result.lanes_listed += listed.length;
      unlisted += page.filter(item => !item.listed).length;
      const found = old.length === 0 ? lanes : [...lanes.filter(({ item }) => item.listed), ...listed];
      waiting.push(...found.flatMap(lane => silentWrite(lane, now, context)));
      if (waiting.length < LANES_AT_ONCE) continue;
      await writeAll(waiting, context, result);
      waiting = [];
    }
    await writeAll(waiting, context, result);
    await noteListing(context, { buckets, began, unlisted });
    if (context.clock() >= context.deadline) return { ...result, complete: false };
  }
  return result;
}

/** How often the clean-up runs. */
const RUN_EVERY_MS = 300_000;

/** All buckets in groups, beginning at another group in each run. */
function groupsFrom(now: number): string[][] {
  const groups = listingGroups();
  const start = Math.floor(now / RUN_EVERY_MS) % groups.length;
  return [...groups.slice(start), ...groups.slice(0, start)];
}

/** Nothing if this release can't read the lane. */
function readLane(item: LaneItem): ReadLane[] {
  const lane = readOrUnreadable(() => decodeLane(item, item.data));
  return lane instanceof PackedDataUnreadable ? [] : [{ item, lane }];
}

/** The write that withdraws a lane's gauges; none for a lane that isn't silent, or has none. */
function silentWrite({ item, lane }: ReadLane, now: number, silence: SilenceOptions): LaneWrite[] {
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
