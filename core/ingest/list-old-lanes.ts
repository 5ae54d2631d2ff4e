import { wholeLanes } from '../ledger/figures/read-idle.ts';
import type { LaneItem } from '../ledger/figures/read-lanes.ts';
import type { Lane } from '../ledger/lane/lane.ts';
import { wholeListing } from '../ledger/lane/lane-listing.ts';
import { NO_CHANGES } from '../ledger/lane/lane-state.ts';
import { listLanes } from '../ledger/listing/list-lanes.ts';
import { randomVersion } from '../ledger/random-version.ts';
import { type GaugeWriting, writeGauges } from './gauge-writes.ts';

/** A lane's item, and the lane decoded. */
export interface ReadLane {
  item: LaneItem;
  lane: Lane;
}

/**
 * Lists lanes that an earlier release wrote last under all of their sites and endpoints, and marks
 * their items as listed. A lane that another writer changes meanwhile is left to that writer or to
 * the next run.
 *
 * @returns the lanes that are listed now, with the items that were written. Lanes whose idle pairs
 * can't be read are left out
 * @throws Throttled or Conflict at the deadline
 */
export async function listOldLanes(old: readonly ReadLane[], context: GaugeWriting): Promise<ReadLane[]> {
  if (old.length === 0) return [];
  const items = new Map(old.map(({ item, lane }) => [textOf(lane), item]));
  const whole = await wholeLanes(
    old.map(({ lane }) => lane),
    context,
    () => {},
  );
  const states = whole.map(({ idle, ...lane }) => ({ lane, idle, ...NOTHING_NEW }));
  await listLanes(
    states.map(state => ({ ...state.lane, listing: wholeListing(state.lane, state) })),
    context,
  );
  const writes = states.map(({ lane }) => {
    const item = items.get(textOf(lane))!;
    const next = { ...item, listed: true, version: randomVersion() };
    const { slot, counted_in } = lane;
    return { item: next, base_version: item.version, slot, counted_in, changes: NO_CHANGES, lane };
  });
  await writeGauges(writes, context);
  return writes;
}

const NOTHING_NEW = { boots: new Map<string, never>(), parts: new Map<string, never>(), changes: NO_CHANGES };

function textOf({ edge_id, part }: { edge_id: string; part: number }): string {
  return `${part}#${edge_id}`;
}
