import { Conflict } from '../errors.ts';
import { type EntryStore, readUndoneBy } from './find-entry.ts';

/** A change that was undone and made again so often is not looked at any further. */
const MAX_LINKS = 1000;

/**
 * The entry whose undo undoes this change now: the change itself, or the undo of its undo, which
 * made it again, and so on.
 *
 * @throws Conflict where the change is undone
 */
export async function standingEntry(store: EntryStore, audit_id: string): Promise<string> {
  let standing = audit_id;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const undone_by = await readUndoneBy(store, standing);
    if (undone_by === undefined) return standing;
    const made_again_by = await readUndoneBy(store, undone_by);
    if (made_again_by === undefined) throw undoneAlready(standing, undone_by);
    standing = made_again_by;
  }
  throw new Conflict(`${audit_id} was undone and made again too often: undo the last of these changes.`);
}

/** @throws Conflict where the entry was reversed, by whatever */
export async function refuseUndone(store: EntryStore, audit_id: string): Promise<void> {
  const undone_by = await readUndoneBy(store, audit_id);
  if (undone_by !== undefined) throw undoneAlready(audit_id, undone_by);
}

function undoneAlready(audit_id: string, undone_by: string): Conflict {
  return new Conflict(
    `The change ${audit_id} was undone already, by ${undone_by}. To make it again, undo that one.`,
  );
}
