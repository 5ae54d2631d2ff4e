import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { LaneItem } from '../ledger/figures/read-lanes.ts';
import { policiesWithGauges, withdrawGauges } from '../ledger/lane/gauges.ts';
import type { Lane } from '../ledger/lane/lane.ts';
import { NO_CHANGES } from '../ledger/lane/lane-state.ts';
import { encodeLane } from '../ledger/packing/lane-codec.ts';
import { randomVersion } from '../ledger/random-version.ts';
import { backoffMs } from '../storage/backoff.ts';
import { classifyFailure } from '../storage/failure.ts';
import type { Retrying } from '../storage/retrying.ts';
import type { TableNames } from '../storage/tables.ts';
import { type LaneTransaction, type LaneWrite, packWrites } from './lane-transaction.ts';

export interface GaugeWriting extends Retrying {
  client: DynamoDBDocumentClient;
  tables: TableNames;
}

/**
 * The write that withdraws a lane's gauges, conditional on its version; undefined if it has none.
 */
export function gaugeWrite(item: LaneItem, lane: Lane): LaneWrite | undefined {
  if (lane.rated_ms === undefined && policiesWithGauges(lane).size === 0) return undefined;
  const state = withdrawGauges({
    lane,
    idle: undefined,
    boots: new Map(),
    parts: new Map(),
    changes: NO_CHANGES,
  });
  const next = { ...item, version: randomVersion(), data: encodeLane(state.lane) };
  const { slot, counted_in } = lane;
  return { item: next, base_version: item.version, slot, counted_in, changes: state.changes };
}

/**
 * Writes until all is written or the deadline has passed.
 *
 * @returns how many lanes are left: another writer changed them meanwhile, or the time was over
 */
export async function writeGauges(writes: readonly LaneWrite[], context: GaugeWriting): Promise<number> {
  let left = 0;
  // Lanes of one slot share its counters.
  const bySlot = [...writes].sort((a, b) => a.slot - b.slot);
  const table = context.tables.traffic;
  const queue = packWrites(bySlot, { table });
  for (let transaction = queue.shift(); transaction; transaction = queue.shift()) {
    if (context.clock() >= context.deadline) {
      left += transaction.writes.length;
      continue;
    }
    const failed = await writeOne(transaction, context);
    const repeated = transaction.writes.filter(each => !failed.has(each));
    left += failed.size;
    if (failed.size > 0) queue.push(...packWrites(repeated, { table }));
  }
  return left;
}

/**
 * Writes a transaction. Returns the writes that are not retried in this run; none: it is written.
 */
async function writeOne(
  { writes, actions, writesOf }: LaneTransaction,
  { client, clock, sleep, random, deadline }: GaugeWriting,
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
      // If the write was committed but its answer was lost, the retry fails its conditions: nothing
      // counts twice.
      const wait = backoffMs(attempt, { random });
      if (clock() + wait >= deadline) return new Set(writes);
      await sleep(wait);
    }
  }
}
