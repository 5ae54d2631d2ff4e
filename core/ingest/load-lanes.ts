import type { Boot } from '../ledger/lane/boot.ts';
import { bootKey, bootPartsKey, laneKey } from '../ledger/lane-keys.ts';
import { decodeBoot } from '../ledger/packing/boot-codec.ts';
import { readBootId } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable, readOrUnreadable } from '../ledger/packing/packed-item.ts';
import { readItems } from '../storage/batch-get.ts';
import { type Item, type ItemKey, keyText } from '../storage/item.ts';
import type { IngestContext } from './ingest-context.ts';
import type { PackedLane, StoredLane } from './lane-step.ts';
import type { LaneWork } from './lane-work.ts';

/** A lane's work once it is known what the lane is. */
export type LoadedWork = LaneWork & { readonly stored: StoredLane };

/**
 * Loads what folding needs: the lanes, out of memory or read strongly, and then the boots that their reports name beside
 * the current one. In this order: a transaction that writes a boot's item raises the lane's version too, so a boot that is
 * newer than its lane shows as a failed condition.
 *
 * @returns the same works, each with its lane
 * @throws Throttled at the deadline
 */
export async function loadLanes(works: readonly LaneWork[], context: IngestContext): Promise<LoadedWork[]> {
  const missing = works.filter(work => !isLoaded(work));
  const lanes = await readLanes(missing, context);
  const boots = await readBoots(lanes, context);
  return [...works.filter(isLoaded), ...lanes.map(lane => ({ ...lane.work, stored: toStored(lane, boots) }))];
}

function isLoaded(work: LaneWork): work is LoadedWork {
  return work.stored !== undefined;
}

interface FoundLane {
  work: LaneWork;
  lane: PackedLane;
  /** Ids of the boots that its reports name and that are not current. */
  otherBoots: string[];
}

async function readLanes(works: readonly LaneWork[], context: IngestContext): Promise<FoundLane[]> {
  const remembered = works.map(work => context.memory.get(work));
  const unknown = works.filter((_, index) => remembered[index] === undefined);
  const items = await readItems(unknown.map(keyOf), { ...context, table: context.tables.traffic });
  context.tally.LanesRead += unknown.length;
  return works.map((work, index) => {
    const lane = remembered[index] ?? packedLane(work, items.get(keyText(keyOf(work))));
    const named = new Set(work.pending.map(({ decoded }) => decoded.report.boot_id));
    named.delete(lane.boot_id);
    return { work, lane, otherBoots: [...named] };
  });
}

function keyOf({ edge_id, part }: LaneWork): ItemKey {
  return laneKey(edge_id, part);
}

// Plain access: broken data is found by the codec, and its reports go to the quarantine.
function packedLane({ edge_id, part }: LaneWork, item: Item | undefined): PackedLane {
  if (!item) return { edge_id, part, version: 0, boot_id: '', data: undefined };
  const data = item.data as Uint8Array;
  const boot_id = readOrUnreadable(() => readBootId(data));
  const isReadable = typeof boot_id === 'string';
  return { edge_id, part, version: item.version as number, boot_id: isReadable ? boot_id : '', data };
}

/** The items of the boots that reports name, and of their parts, by key text. */
async function readBoots(
  lanes: readonly FoundLane[],
  context: IngestContext,
): Promise<ReadonlyMap<string, Item>> {
  const keys = lanes.flatMap(({ lane: { edge_id, part }, otherBoots }) =>
    otherBoots.flatMap(boot_id => [bootKey(edge_id, part, boot_id), bootPartsKey(edge_id, boot_id)]),
  );
  const distinct = new Map(keys.map(key => [keyText(key), key]));
  return readItems([...distinct.values()], { ...context, table: context.tables.traffic });
}

function toStored({ lane, otherBoots }: FoundLane, items: ReadonlyMap<string, Item>): StoredLane {
  if (otherBoots.length === 0) return { ...lane, ...NO_BOOTS };
  const { edge_id, part } = lane;
  const boots = new Map<string, Boot>();
  const unreadable_boots = new Map<string, PackedDataUnreadable>();
  const parts = new Map<string, number>();
  for (const boot_id of otherBoots) {
    const item = items.get(keyText(bootKey(edge_id, part, boot_id)));
    const boot = item && readOrUnreadable(() => decodeBoot(boot_id, item.data as Uint8Array));
    if (boot instanceof PackedDataUnreadable) unreadable_boots.set(boot_id, boot);
    else if (boot) boots.set(boot_id, boot);
    const partsItem = items.get(keyText(bootPartsKey(edge_id, boot_id)));
    if (partsItem) parts.set(boot_id, partsItem.parts as number);
  }
  return { ...lane, boots, parts, unreadable_boots };
}

const NO_BOOTS = {
  boots: new Map<string, never>(),
  parts: new Map<string, never>(),
  unreadable_boots: new Map<string, never>(),
};
