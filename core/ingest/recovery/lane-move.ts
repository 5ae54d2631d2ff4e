import type { LaneItem } from '../../ledger/figures/read-lanes.ts';
import { type CountedIn, FIRST_GENERATION } from '../../ledger/lane/counted-in.ts';
import type { Lane } from '../../ledger/lane/lane.ts';
import { addCounterChange, type CounterChange, NO_CHANGES } from '../../ledger/lane/lane-state.ts';
import { laneTotals, type WholeLane } from '../../ledger/lane/lane-totals.ts';
import { encodeLane } from '../../ledger/packing/lane-codec.ts';
import { randomVersion } from '../../ledger/random-version.ts';
import type { WriteAction } from '../../storage/write-action.ts';
import type { LaneWrite } from '../lane-transaction.ts';

/**
 * Policies that move in one transaction. With the lane and the head's condition they stay below its
 * 100 actions.
 */
const POLICIES_A_MOVE = 90;

/** A lane on its way into another generation of counters. */
export interface MovingLane {
  item: LaneItem;
  lane: WholeLane;
}

/**
 * Whether all counts of the lane are in this generation, or are moving from it into a later one.
 */
export function isCountedIn({ counted_in = FIRST_GENERATION }: Lane, to: number): boolean {
  return counted_in.generation === to;
}

/**
 * The next step of a lane into generation `to`. It adds the lane's counts of up to 90 policies
 * there, whatever other counters contain of them, and later counts of these policies go there too.
 * The lane's own totals stay as they are.
 *
 * @returns the write, and the lane after it
 */
export function nextMove(
  { item, lane }: MovingLane,
  { to, guard }: { to: number; guard: WriteAction },
): { write: LaneWrite; next: MovingLane } {
  const { generation, moving } = lane.counted_in ?? FIRST_GENERATION;
  const totals = new Map<string, CounterChange>();
  for (const { policy_id, endpoint_id, ...all } of laneTotals(lane)) {
    addCounterChange(totals, policy_id, all);
  }
  // A move into a generation that was discarded has no effect.
  const through = moving?.to === to ? moving.through : undefined;
  const left = [...totals.keys()].filter(id => through === undefined || id > through).sort();
  const chunk = left.slice(0, POLICIES_A_MOVE);
  const counted_in: CountedIn =
    left.length > chunk.length ? { generation, moving: { to, through: chunk.at(-1)! } } : { generation: to };
  const moved: WholeLane = { ...lane, counted_in };
  const next = { item: { ...item, version: randomVersion(), data: encodeLane(moved) }, lane: moved };
  const counters = new Map(chunk.map(id => [id, totals.get(id)!]));
  const write: LaneWrite = {
    item: next.item,
    base_version: item.version,
    slot: lane.slot,
    counted_in: { generation: to },
    changes: { ...NO_CHANGES, counters },
    guard,
  };
  return { write, next };
}
