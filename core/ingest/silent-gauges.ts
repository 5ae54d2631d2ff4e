import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type LaneItem, readStoredLanes } from '../ledger/figures/read-lanes.ts';
import { LaneChanges } from '../ledger/lane/lane-changes.ts';
import { policiesWithGauges, takeOutGauges } from '../ledger/lane/lane-gauges.ts';
import { laneBuckets } from '../ledger/lane-keys.ts';
import { decodeLane, encodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable } from '../ledger/packing/packed-item.ts';
import { backoffMs } from '../storage/backoff.ts';
import { classifyFailure } from '../storage/failure.ts';
import type { Retrying } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import type { LaneStep } from './lane-step.ts';
import { type LaneTransaction, packSteps } from './lane-transaction.ts';

/** An edge that has not reported for this long has no active flows that anybody knows of. */
const SILENT_AFTER_MS = 300_000;

/** Lanes whose gauges are taken out before more are read. */
const LANES_AT_ONCE = 200;

export interface SilentGaugesContext extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

export interface SilentGaugesResult {
  lanes_read: number;
  lanes_taken_out: number;
  /** Spoke meanwhile, or were written by somebody else: the next run looks again. */
  lanes_left: number;
  lanes_unreadable: number;
  /** False when the deadline came first; the next run begins elsewhere. */
  complete: boolean;
}

/**
 * Takes the gauges of silent lanes out of the counters, in the way ingest writes: conditional on the lane's version and
 * raising it. The edge's next report puts its gauges back. Runs that are cut short begin at another bucket each time, so all
 * are reached.
 */
export async function takeOutSilentGauges(context: SilentGaugesContext): Promise<SilentGaugesResult> {
  const result: SilentGaugesResult = {
    lanes_read: 0,
    lanes_taken_out: 0,
    lanes_left: 0,
    lanes_unreadable: 0,
    complete: true,
  };
  const silentSince = context.clock() - SILENT_AFTER_MS;
  for (const buckets of bucketGroups(context.clock())) {
    let waiting: LaneStep[] = [];
    for await (const page of readStoredLanes(context.client, context.tables, buckets)) {
      result.lanes_read += page.length;
      waiting.push(...page.flatMap(item => silentStep(item, silentSince, result)));
      if (waiting.length < LANES_AT_ONCE) continue;
      await writeSteps(waiting, context, result);
      waiting = [];
    }
    await writeSteps(waiting, context, result);
    if (context.clock() >= context.deadline) return { ...result, complete: false };
  }
  return result;
}

const BUCKETS_AT_ONCE = 16;

/** All buckets in groups, beginning at another one each five minutes. */
function bucketGroups(now: number): string[][] {
  const buckets = laneBuckets();
  const groups: string[][] = [];
  for (let from = 0; from < buckets.length; from += BUCKETS_AT_ONCE) {
    groups.push(buckets.slice(from, from + BUCKETS_AT_ONCE));
  }
  const first = Math.floor(now / SILENT_AFTER_MS) % groups.length;
  return [...groups.slice(first), ...groups.slice(0, first)];
}

function silentStep(item: LaneItem, silentSince: number, result: SilentGaugesResult): LaneStep[] {
  try {
    const lane = decodeLane(item, item.data);
    if (lane.last_heard_at_ms > silentSince || policiesWithGauges(lane).size === 0) return [];
    const changes = new LaneChanges();
    takeOutGauges(lane, changes);
    const base = { ...item, boot_id: lane.boot_id };
    const next = { ...base, version: item.version + 1, data: encodeLane(lane) };
    return [{ base, next, slot: lane.slot, changes, outcomes: [] }];
  } catch (cause) {
    if (!(cause instanceof PackedDataUnreadable)) throw cause;
    result.lanes_unreadable++;
    return [];
  }
}

async function writeSteps(
  steps: readonly LaneStep[],
  context: SilentGaugesContext,
  result: SilentGaugesResult,
): Promise<void> {
  // Lanes of one slot share its counters.
  const bySlot = [...steps].sort((a, b) => a.slot - b.slot);
  const table = context.tables.traffic;
  const queue = packSteps(bySlot, { table });
  for (let transaction = queue.shift(); transaction; transaction = queue.shift()) {
    if (context.clock() >= context.deadline) {
      result.lanes_left += transaction.steps.length;
      continue;
    }
    const failed = await write(transaction, context);
    const repeated = transaction.steps.filter(step => !failed.has(step));
    if (failed.size === 0) {
      result.lanes_taken_out += transaction.steps.length;
    } else {
      result.lanes_left += failed.size;
      queue.push(...packSteps(repeated, { table }));
    }
  }
}

/** Writes a transaction; answers with the lanes that are not to be tried again in this run. Empty: it is written. */
async function write(
  { steps, actions, stepsOf }: LaneTransaction,
  { client, clock, sleep, random, deadline }: SilentGaugesContext,
): Promise<ReadonlySet<LaneStep>> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: actions }));
      return new Set();
    } catch (cause) {
      const { kind, reasons } = classifyFailure(cause);
      if (kind === 'fatal') throw cause;
      if (kind === 'condition' || kind === 'validation') {
        const blamed = new Set(reasons.flatMap(({ index }) => stepsOf(index)));
        return blamed.size > 0 ? blamed : new Set(steps);
      }
      // After a lost answer the same write fails its conditions if it did land: also then nothing counts twice.
      const wait = backoffMs(attempt, { random });
      if (clock() + wait >= deadline) return new Set(steps);
      await sleep(wait);
    }
  }
}
