import { COUNTERS_HEAD_KEY, newLanesIn } from '../ledger/figures/counter-slots.ts';
import { addIdlePairs } from '../ledger/figures/read-idle.ts';
import type { LaneItem } from '../ledger/figures/read-lanes.ts';
import type { Boot } from '../ledger/lane/boot.ts';
import type { CountedIn } from '../ledger/lane/counted-in.ts';
import type { IdlePairs } from '../ledger/lane/idle-pairs.ts';
import { type Lane, newLane } from '../ledger/lane/lane.ts';
import { type LaneState, NO_CHANGES } from '../ledger/lane/lane-state.ts';
import { needsIdlePairs } from '../ledger/lane/pair-of.ts';
import { hasIdlePairs } from '../ledger/lane/remove-idle-pairs.ts';
import { bootKey, bootPartsKey, laneKey } from '../ledger/lane-keys.ts';
import { bootOfItem } from '../ledger/packing/boot-item.ts';
import { decodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../ledger/packing/packed-item.ts';
import { readItems } from '../storage/batch-get.ts';
import { type Item, type ItemKey, keyText } from '../storage/item.ts';
import type { IngestContext } from './ingest-context.ts';
import type { StoredLane } from './lane-step.ts';
import type { LaneWork } from './lane-work.ts';

/** A lane's work with its lane loaded. */
export type LoadedWork = LaneWork & { readonly stored: StoredLane };

/**
 * Loads everything that folding needs: the lanes, from memory or read strongly, then their idle
 * pairs if needed, and the boots other than the current one that their reports name. The order
 * matters: a transaction that writes a boot's item changes the lane's version too, so a boot that
 * is newer than its lane leads to a failed condition.
 *
 * @returns the same works, each with its lane
 * @throws Throttled at the deadline
 */
export async function loadLanes(works: readonly LaneWork[], context: IngestContext): Promise<LoadedWork[]> {
  const missing = works.filter(work => !isLoaded(work));
  const lanes = await readIdlePairs(await readLanes(missing, context), context);
  const boots = await readBoots(lanes, context);
  return [...works.filter(isLoaded), ...lanes.map(lane => ({ ...lane.work, stored: toStored(lane, boots) }))];
}

function isLoaded(work: LaneWork): work is LoadedWork {
  return work.stored !== undefined;
}

interface DecodedLane {
  work: LaneWork;
  version: number;
  remembered: boolean;
  listed: boolean;
  lane: Lane | PackedDataUnreadable;
  /** Undefined if no report needs them. */
  idle?: IdlePairs;
  /** Ids of the boots that its reports name and that are not current. */
  otherBoots: string[];
}

async function readLanes(works: readonly LaneWork[], context: IngestContext): Promise<DecodedLane[]> {
  const remembered = works.map(work => context.memory.get(work));
  const unknown = works.filter((_, index) => remembered[index] === undefined);
  // A new lane begins in the generation that the head names; reading it costs no call of its own.
  const keys = unknown.length > 0 ? [...unknown.map(keyOf), COUNTERS_HEAD_KEY] : [];
  const items = await readItems(keys, { ...context, table: context.tables.traffic });
  const counted_in = newLanesIn(items.get(keyText(COUNTERS_HEAD_KEY)));
  context.tally.LanesRead += unknown.length;
  return works.map((work, index) =>
    decode(work, {
      row: remembered[index] ?? (items.get(keyText(keyOf(work))) as LaneRow | undefined),
      remembered: remembered[index] !== undefined,
      counted_in,
    }),
  );
}

function keyOf({ edge_id, part }: LaneWork): ItemKey {
  return laneKey(edge_id, part);
}

/**
 * The attributes of a lane's item that are used. No schema, which would cost as much as decoding;
 * broken data is unreadable anyway.
 */
type LaneRow = Pick<LaneItem, 'version' | 'data' | 'listed'>;

function decode(
  work: LaneWork,
  {
    row,
    remembered,
    counted_in,
  }: { row: LaneRow | undefined; remembered: boolean; counted_in: CountedIn | undefined },
): DecodedLane {
  const lane = row ? readOrUnreadable(() => decodeLane(work, row.data)) : newLane({ ...work, counted_in });
  const otherBoots = lane instanceof PackedDataUnreadable ? [] : otherBootsOf(lane, work);
  // A new lane has nothing to list.
  const listed = !row || row.listed === true;
  return { work, version: row?.version ?? 0, remembered, listed, lane, otherBoots };
}

/** The boots that reports name other than the lane's current one; as a rule there is none. */
function otherBootsOf({ boot_id }: Lane, { pending }: LaneWork): string[] {
  const others: string[] = [];
  for (const { decoded } of pending) {
    const named = decoded.report.boot_id;
    if (named !== boot_id && !others.includes(named)) others.push(named);
  }
  return others;
}

async function readIdlePairs(lanes: DecodedLane[], context: IngestContext): Promise<DecodedLane[]> {
  const needing = lanes.flatMap(each => (needsIdle(each) ? [each.lane as Lane] : []));
  if (needing.length === 0) return lanes;
  const read = await addIdlePairs(needing, { ...context, table: context.tables.traffic });
  const byLane = new Map(read.map(({ idle }, index) => [needing[index]!, idle]));
  return lanes.map((each): DecodedLane => {
    const idle = each.lane instanceof PackedDataUnreadable ? undefined : byLane.get(each.lane);
    if (!idle) return each;
    return idle instanceof PackedDataUnreadable ? { ...each, lane: idle, otherBoots: [] } : { ...each, idle };
  });
}

function needsIdle({ lane, listed, work: { pending } }: DecodedLane): boolean {
  if (lane instanceof PackedDataUnreadable || lane.idle_version === 0) return false;
  if (!listed) return true;
  return pending.some(({ decoded, at_ms }) => needsIdlePairs(lane, decoded) || hasIdlePairs(lane, at_ms));
}

/** The items of the boots that reports name, and of their parts, by key text. */
async function readBoots(
  lanes: readonly DecodedLane[],
  context: IngestContext,
): Promise<ReadonlyMap<string, Item>> {
  const keys = lanes.flatMap(({ work: { edge_id, part }, otherBoots }) =>
    otherBoots.flatMap(boot_id => [bootKey(edge_id, part, boot_id), bootPartsKey(edge_id, boot_id)]),
  );
  const distinct = new Map(keys.map(key => [keyText(key), key]));
  return readItems([...distinct.values()], { ...context, table: context.tables.traffic });
}

function toStored(
  { work: { edge_id, part }, version, remembered, listed, lane, idle, otherBoots }: DecodedLane,
  items: ReadonlyMap<string, Item>,
): StoredLane {
  const id = { edge_id, part, version, remembered, listed };
  if (otherBoots.length === 0) {
    return { ...id, state: stateOf(lane, { ...NO_BOOTS, idle }), unreadable_boots: NO_BOOTS.boots };
  }
  const boots = new Map<string, Boot>();
  const unreadable_boots = new Map<string, PackedDataUnreadable>();
  const parts = new Map<string, number>();
  const voided_boots = new Set<string>();
  for (const boot_id of otherBoots) {
    const item = items.get(keyText(bootKey(edge_id, part, boot_id)));
    const boot = item && readOrUnreadable(() => bootOfItem(boot_id, item));
    if (boot instanceof PackedDataUnreadable) unreadable_boots.set(boot_id, boot);
    else if (boot) boots.set(boot_id, boot);
    const partsItem = items.get(keyText(bootPartsKey(edge_id, boot_id)));
    if (partsItem?.parts !== undefined) parts.set(boot_id, partsItem.parts as number);
    if (partsItem?.voided !== undefined) voided_boots.add(boot_id);
  }
  return { ...id, state: stateOf(lane, { boots, parts, idle }), unreadable_boots, voided_boots };
}

const NO_BOOTS = { boots: new Map<string, never>(), parts: new Map<string, never>() };

function stateOf(
  lane: Lane | PackedDataUnreadable,
  others: Pick<LaneState, 'boots' | 'parts' | 'idle'>,
): StoredLane['state'] {
  return lane instanceof PackedDataUnreadable ? lane : { lane, ...others, changes: NO_CHANGES };
}
