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
 * Policies that move in one transaction; with the lane and the head's condition they stay below its
 * 100 actions.
 */
const POLICIES_A_MOVE = 90;

/** A lane on its way into another generation of counters. */
export interface MovingLane {
  item: LaneItem;
  lane: WholeLane;
}

/**
 * Whether all that the lane counts is in this generation, or on its way into one that came later.
 */
export function isCountedIn({ counted_in = FIRST_GENERATION }: Lane, to: number): boolean {
  return counted_in.generation === to;
}

/**
 * The next step of a lane into generation `to`: it adds all that the lane has counted of up to 90
 * policies, whatever other counters held of it, and from then on their counts go there. What the
 * lane holds stays as it is.
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
  // A generation that was given up counts for nothing.
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
