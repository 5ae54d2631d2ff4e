import { join } from 'node:path';

/**
 * The folder for data that outlives an edge's runs. By default, each id has its own folder below
 * the system's.
 */
export function spoolFolder({
  spool,
  system,
  edge_id,
}: {
  /** The given folder, if there is one. */
  spool?: string | undefined;
  /** The `.local` folder. */
  system: string;
  edge_id: string;
}): string {
  return spool ?? join(system, 'edge', folderName(edge_id));
}

// Ids may be `.` or `..`, which are not valid names of folders. Ids contain no %.
function folderName(edge_id: string): string {
  return /^\.{1,2}$/.test(edge_id) ? edge_id.replaceAll('.', '%2E') : edge_id;
}
