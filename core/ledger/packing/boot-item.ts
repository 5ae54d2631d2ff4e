import type { Item } from '../../storage/item.ts';
import { TTL_ATTRIBUTE } from '../../storage/tables.ts';
import type { Boot } from '../lane/boot.ts';
import { bootKey, recentBootKey } from '../lane-keys.ts';
import { decodeBoot, encodeBoot } from './boot-codec.ts';

/** The item of a closed boot in one part of its edge. */
export function bootItem({ edge_id, part }: { edge_id: string; part: number }, boot: Boot): Item {
  const { boot_id, last_heard_at_ms } = boot;
  return {
    ...bootKey(edge_id, part, boot_id),
    data: encodeBoot(boot),
    // Not in the packed data, because the last release reads that too.
    ...(last_heard_at_ms !== undefined && { last_heard_at_ms }),
  };
}

/** How long after its last report a boot that is not current is recent, ms. */
const RECENT_MS = 48 * 3_600_000;

/** The item by which a reset finds a boot that is not current but may still report. */
export function recentBootItem(
  { edge_id, part }: { edge_id: string; part: number },
  { boot_id, last_heard_at_ms }: Boot,
): Item | undefined {
  if (last_heard_at_ms === undefined) return undefined;
  const expires = Math.ceil((last_heard_at_ms + RECENT_MS) / 1000);
  return { ...recentBootKey(edge_id, part, boot_id), edge_id, part, boot_id, [TTL_ATTRIBUTE]: expires };
}

/** @throws PackedDataUnreadable */
export function bootOfItem(boot_id: string, { data, last_heard_at_ms }: Item): Boot {
  const boot = decodeBoot(boot_id, data as Uint8Array);
  return last_heard_at_ms === undefined ? boot : { ...boot, last_heard_at_ms: Number(last_heard_at_ms) };
}
