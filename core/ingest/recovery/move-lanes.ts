import { whileMovingTo } from '../../ledger/figures/counter-generations.ts';
import { MIN_COUNTER_SLOTS, raiseCounterSlots } from '../../ledger/figures/counter-slots.ts';
import { wholeLanes } from '../../ledger/figures/read-idle.ts';
import { type LaneItem, readStoredLanes } from '../../ledger/figures/read-lanes.ts';
import type { Lane } from '../../ledger/lane/lane.ts';
import { laneBuckets } from '../../ledger/lane-keys.ts';
import { decodeLane } from '../../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../../ledger/packing/packed-item.ts';
import { repeatUntil } from '../../storage/retrying.ts';
import { type GaugeWriting, writeGauges } from '../gauge-writes.ts';
import { isCountedIn, type MovingLane, nextMove } from './lane-move.ts';

/** The result of one pass over all lanes. */
export interface MovePass {
  lanes: number;
  /** Lanes that were not wholly in the generation when they were read. */
  behind: number;
  /**
   * Of these, lanes that have not moved completely: another writer changed them meanwhile, or the
   * time was over.
   */
  left: number;
  /** Lanes that this release can't read: their counts can't be moved. */
  unreadable: { edge_id: string; part: number }[];
}

export interface MoveContext extends GaugeWriting {
  /** Called after each group of lanes. */
  onProgress?: (pass: MovePass) => void;
}

/** Lanes that move together and share the writes of their counters. */
const LANES_AT_ONCE = 100;

/**
 * Reads all lanes once and moves those that are not in generation `to`. Every write is conditional
 * on the lane's version and on the head. So it may run in parallel with ingest and with a second
 * recovery, and does nothing once lanes have to move elsewhere.
 */
export async function moveLanes(context: MoveContext, to: number): Promise<MovePass> {
  const { client, tables, onProgress = () => {} } = context;
  const pass: MovePass = { lanes: 0, behind: 0, left: 0, unreadable: [] };
  let slots = MIN_COUNTER_SLOTS;
  let waiting: { item: LaneItem; lane: Lane }[] = [];
  const moveWaiting = async (): Promise<void> => {
    const moving = waiting;
    waiting = [];
    const highest = Math.max(...moving.map(({ lane }) => lane.slot + 1), slots);
    // The head of a restored table may have fewer slots than its lanes use.
    if (highest > slots) await repeatUntil(context, () => raiseCounterSlots(context, highest));
    slots = highest;
    await moveAll(moving, { context, to, pass });
    onProgress(pass);
  };
  for await (const page of readStoredLanes(client, tables, laneBuckets())) {
    for (const item of page) {
      pass.lanes += 1;
      const lane = readOrUnreadable(() => decodeLane(item, item.data));
      if (lane instanceof PackedDataUnreadable) pass.unreadable.push(nameOf(item));
      else if (!isCountedIn(lane, to)) waiting.push({ item, lane });
      if (waiting.length >= LANES_AT_ONCE) await moveWaiting();
    }
  }
  if (waiting.length > 0) await moveWaiting();
  onProgress(pass);
  return pass;
}

async function moveAll(
  waiting: readonly { item: LaneItem; lane: Lane }[],
  { context, to, pass }: { context: MoveContext; to: number; pass: MovePass },
): Promise<void> {
  const items = new Map(waiting.map(({ item, lane }) => [textOf(lane), item]));
  const lanes = await wholeLanes(
    waiting.map(({ lane }) => lane),
    context,
    lane => pass.unreadable.push(nameOf(lane)),
  );
  pass.behind += lanes.length;
  const guard = whileMovingTo(context.tables.traffic, to);
  let moving: MovingLane[] = lanes.map(lane => ({ item: items.get(textOf(lane))!, lane }));
  while (moving.length > 0) {
    const moves = moving.map(lane => nextMove(lane, { to, guard }));
    // Lanes of one slot share its counters.
    const left = await writeGauges(
      moves.map(({ write }) => write),
      context,
    );
    const unfinished = moves.map(({ next }) => next).filter(({ lane }) => !isCountedIn(lane, to));
    if (left > 0) {
      // It isn't known which: the next pass finds them.
      pass.left += Math.max(left, unfinished.length);
      return;
    }
    moving = unfinished;
  }
}

function nameOf({ edge_id, part }: { edge_id: string; part: number }): { edge_id: string; part: number } {
  return { edge_id, part };
}

function textOf({ edge_id, part }: { edge_id: string; part: number }): string {
  return `${part}#${edge_id}`;
}
