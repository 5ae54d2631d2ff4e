import { join } from 'node:path';

/** Where an edge keeps what outlives its runs. */
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
  return spool ?? join(system, 'edge', edge_id);
}
