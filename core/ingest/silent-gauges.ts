import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type LaneItem, readStoredLanes } from '../ledger/figures/read-lanes.ts';
import { policiesWithGauges, withdrawGauges } from '../ledger/lane/gauges.ts';
import { NO_CHANGES } from '../ledger/lane/lane-state.ts';
import { isSilent } from '../ledger/lane/silence.ts';
import { laneBuckets } from '../ledger/lane-keys.ts';
import { decodeLane, encodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../ledger/packing/packed-item.ts';
import { backoffMs } from '../storage/backoff.ts';
import { classifyFailure } from '../storage/failure.ts';
import type { Retrying } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { type LaneTransaction, type LaneWrite, packWrites } from './lane-transaction.ts';

/** Lanes whose gauges are withdrawn before more are read. */
const LANES_AT_ONCE = 200;

export interface SilentGaugesContext extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

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
 * raising it. The edge's next report puts its gauges back. Runs that are cut short begin at another bucket each time, so all
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
      waiting.push(...page.flatMap(item => silentWrite(item, now, result)));
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
function silentWrite(item: LaneItem, now: number, result: SilentGaugesResult): LaneWrite[] {
  const lane = readOrUnreadable(() => decodeLane(item, item.data));
  if (lane instanceof PackedDataUnreadable) {
    result.lanes_unreadable++;
    return [];
  }
  if (!isSilent(lane, now) || policiesWithGauges(lane).size === 0) return [];
  const state = withdrawGauges({ lane, boots: new Map(), parts: new Map(), changes: NO_CHANGES });
  const next = { ...item, version: item.version + 1, data: encodeLane(state.lane) };
  return [{ item: next, base_version: item.version, slot: lane.slot, changes: state.changes }];
}

async function writeAll(
  writes: readonly LaneWrite[],
  context: SilentGaugesContext,
  result: SilentGaugesResult,
): Promise<void> {
  // Lanes of one slot share its counters.
  const bySlot = [...writes].sort((a, b) => a.slot - b.slot);
  const table = context.tables.traffic;
  const queue = packWrites(bySlot, { table });
  for (let transaction = queue.shift(); transaction; transaction = queue.shift()) {
    if (context.clock() >= context.deadline) {
      result.lanes_left += transaction.writes.length;
      continue;
    }
    const failed = await writeOne(transaction, context);
    const repeated = transaction.writes.filter(each => !failed.has(each));
    if (failed.size === 0) {
      result.lanes_taken_out += transaction.writes.length;
    } else {
      result.lanes_left += failed.size;
      queue.push(...packWrites(repeated, { table }));
    }
  }
}

/** Writes a transaction. Returns the writes that are not repeated in this run; none: it is written. */
async function writeOne(
  { writes, actions, writesOf }: LaneTransaction,
  { client, clock, sleep, random, deadline }: SilentGaugesContext,
): Promise<ReadonlySet<LaneWrite>> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: actions }));
      return new Set();
    } catch (cause) {
      const { kind, reasons } = classifyFailure(cause);
      if (kind === 'fatal') throw cause;
      if (kind === 'condition' || kind === 'validation') {
        const blamed = new Set(reasons.flatMap(({ index }) => writesOf(index)));
        return blamed.size > 0 ? blamed : new Set(writes);
      }
      // After a lost answer the same write fails its conditions if it did land: also then nothing counts twice.
      const wait = backoffMs(attempt, { random });
      if (clock() + wait >= deadline) return new Set(writes);
      await sleep(wait);
    }
  }
}
