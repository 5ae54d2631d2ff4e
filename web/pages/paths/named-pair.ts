import type { PathStatusName } from '../../parts/path-status.tsx';

/** Two sites that paths connect, with their names. */
export interface NamedPair {
  source_site_id: string;
  destination_site_id: string;
  source: string;
  destination: string;
  worst_status: PathStatusName;
  worst_score: number | null;
  paths: number;
}
