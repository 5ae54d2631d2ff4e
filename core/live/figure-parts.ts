import { type FigureChanges, sentBytes } from './figure.ts';

/**
 * Maximum of bytes of a part's items: AppSync delivers 240 KB, including the names and aliases that
 * a subscriber chooses.
 */
const PART_BYTES = 180 * 1024;

/** Further bytes of an id in JSON: quotes and comma. */
const AROUND_ID = 3;

/** Splits changes into parts that fit a publication; without changes, one empty part. */
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
