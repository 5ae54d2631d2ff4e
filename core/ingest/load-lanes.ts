import { bootKey, bootPartsKey, laneKey } from '../ledger/lane-keys.ts';
import { decodeLane } from '../ledger/packing/lane-codec.ts';
import { PackedDataUnreadable } from '../ledger/packing/packed-item.ts';
import { type ItemKey, keyText } from '../storage/item.ts';
import type { IngestContext } from './ingest-context.ts';
import type { StoredLane } from './lane-step.ts';
import type { LaneWork } from './lane-work.ts';
import { readItems } from './read-items.ts';

/**
 * Makes known what folding needs: the lanes, out of memory or read strongly, and then the boots that their reports
 * name beside the current one. In this order: whoever writes a boot's item raises the lane's version in the same
 * transaction, so a boot that is newer than its lane shows as a failed condition.
 *
 * @throws Throttled at the deadline
 */
export async function loadLanes(works: readonly LaneWork[], context: IngestContext): Promise<void> {
  const missing = works.filter(work => work.stored === undefined);
  for (const work of missing) work.stored = context.memory.get(work);
  await readLanes(
    missing.filter(work => work.stored === undefined),
    context,
  );
  await readBoots(missing, context);
}

async function readLanes(works: readonly LaneWork[], context: IngestContext): Promise<void> {
  if (works.length === 0) return;
  const items = await readItems(
    works.map(({ edge_id, part }) => laneKey(edge_id, part)),
    context,
  );
  for (const work of works) {
    const { edge_id, part } = work;
    work.stored = toStored(work, items.get(keyText(laneKey(edge_id, part))) as LaneRow | undefined);
  }
  context.tally.LanesRead += works.length;
}

interface LaneRow {
  version: number;
  data: Uint8Array;
}

function toStored({ edge_id, part }: LaneWork, row: LaneRow | undefined): StoredLane {
  if (!row) return { edge_id, part, version: 0, boot_id: '' };
  const { version, data } = row;
  return { edge_id, part, version, boot_id: bootOf({ edge_id, part }, data), data };
}

function bootOf(id: { edge_id: string; part: number }, data: Uint8Array): string {
  try {
    return decodeLane(id, data).boot_id;
  } catch (cause) {
    if (cause instanceof PackedDataUnreadable) return '';
    throw cause;
  }
}

async function readBoots(works: readonly LaneWork[], context: IngestContext): Promise<void> {
  const keys = new Map<string, ItemKey>();
  for (const work of works) {
    for (const boot_id of otherBoots(work)) {
      for (const key of [bootKey(work.edge_id, work.part, boot_id), bootPartsKey(work.edge_id, boot_id)]) {
        keys.set(keyText(key), key);
      }
    }
  }
  if (keys.size === 0) return;
  const items = await readItems([...keys.values()], context);
  for (const work of works) {
    for (const boot_id of otherBoots(work)) {
      const boot = items.get(keyText(bootKey(work.edge_id, work.part, boot_id)));
      if (boot) work.boots.set(boot_id, boot.data as Uint8Array);
      const parts = items.get(keyText(bootPartsKey(work.edge_id, boot_id)));
      if (parts) work.partsOf.set(boot_id, parts.parts as number);
    }
  }
}

function otherBoots({ pending, stored }: LaneWork): Set<string> {
  const boots = new Set(pending.map(({ decoded }) => decoded.report.boot_id));
  if (stored) boots.delete(stored.boot_id);
  return boots;
}
