import { join } from 'node:path';

/**
 * Where an edge keeps what outlives its runs. Without a folder that was given, each id has one of
 * its own below the system's.
 */
export function spoolFolder({
  spool,
  system,
  edge_id,
}: {
  /** The folder that was given, if any. */
  spool?: string | undefined;
  /** The `.local` folder. */
  system: string;
  edge_id: string;
}): string {
  return spool ?? join(system, 'edge', folderName(edge_id));
}

// Ids may be `.` or `..`, which are no names of folders. No id has a %.
function folderName(edge_id: string): string {
  return /^\.{1,2}$/.test(edge_id) ? edge_id.replaceAll('.', '%2E') : edge_id;
}
