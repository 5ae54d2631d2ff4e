import type { Item } from '../../storage/item.ts';
import type { Boot } from '../lane/boot.ts';
import { bootKey } from '../lane-keys.ts';
import { decodeBoot, encodeBoot } from './boot-codec.ts';

/** The item of a closed boot in one part of its edge. */
export function bootItem({ edge_id, part }: { edge_id: string; part: number }, boot: Boot): Item {
  const { boot_id, last_heard_at_ms } = boot;
  return {
    ...bootKey(edge_id, part, boot_id),
    data: encodeBoot(boot),
    // Beside the packed data, which the last release reads too.
    ...(last_heard_at_ms !== undefined && { last_heard_at_ms }),
  };
}

/** @throws PackedDataUnreadable */
export function bootOfItem(boot_id: string, { data, last_heard_at_ms }: Item): Boot {
  const boot = decodeBoot(boot_id, data as Uint8Array);
  return last_heard_at_ms === undefined ? boot : { ...boot, last_heard_at_ms: Number(last_heard_at_ms) };
}
