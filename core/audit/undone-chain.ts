import { Conflict } from '../errors.ts';
import { type EntryStore, readUndoneBy } from './find-entry.ts';

/** Maximum of undos of undos that are followed. */
const MAX_LINKS = 1000;

/**
 * The entry to undo in order to undo a change: the change itself, or the undo of its undo, which
 * made it again, and so on.
 *
 * @throws Conflict when the change is undone already
 */
export async function effectiveEntry(store: EntryStore, audit_id: string): Promise<string> {
  let effective = audit_id;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const undone_by = await readUndoneBy(store, effective);
    if (undone_by === undefined) return effective;
    const made_again_by = await readUndoneBy(store, undone_by);
    if (made_again_by === undefined) throw undoneAlready(effective, undone_by);
    effective = made_again_by;
  }
  throw new Conflict(`${audit_id} was undone and made again too often. Undo the last of these changes.`);
}

/** @throws Conflict when the entry was reversed already */
export async function refuseUndone(store: EntryStore, audit_id: string): Promise<void> {
  const undone_by = await readUndoneBy(store, audit_id);
  if (undone_by !== undefined) throw undoneAlready(audit_id, undone_by);
}

function undoneAlready(audit_id: string, undone_by: string): Conflict {
  return new Conflict(
    `The change ${audit_id} was undone already, by ${undone_by}. To make it again, undo that one.`,
  );
}
