import { type FigureChanges, sentBytes } from './figure.ts';

/**
 * Bytes of a part's items: AppSync passes 240 KB on, of which names and aliases that a subscriber
 * chooses take some.
 */
const PART_BYTES = 180 * 1024;

/** Bytes of an id in JSON beside its own: quotes and comma. */
const AROUND_ID = 3;

/**
 * Changes in parts that one publication each can carry; one empty part where nothing changed, which
 * says that nothing did.
 */
export function inParts(changes: FigureChanges, most_bytes = PART_BYTES): FigureChanges[] {
  const parts: FigureChanges[] = [{ items: [], removed: [] }];
  let bytes = 0;
  const room = (more: number): FigureChanges => {
    if (bytes > 0 && bytes + more > most_bytes) {
      parts.push({ items: [], removed: [] });
      bytes = 0;
    }
    bytes += more;
    return parts.at(-1)!;
  };
  for (const item of changes.items) room(sentBytes(item) + 1).items.push(item);
  for (const id of changes.removed) room(Buffer.byteLength(id) + AROUND_ID).removed.push(id);
  return parts;
}
