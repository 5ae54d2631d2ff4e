import { PATH_STATUSES, type PathStatusName } from '../../parts/path-status.tsx';

/** The worst first, as the API orders paths. */
export const ORDER: readonly PathStatusName[] = ['FAILED', 'UNKNOWN', 'DEGRADED', 'OUT', 'OPTIMAL'];

interface Judged {
  worst_status: PathStatusName;
  worst_score: number | null;
}

/** Compares two pairs of sites: the worse one comes first. */
export function bySeverity(a: Judged, b: Judged): number {
  const byStatus = ORDER.indexOf(a.worst_status) - ORDER.indexOf(b.worst_status);
  return byStatus !== 0 ? byStatus : (a.worst_score ?? 0) - (b.worst_score ?? 0);
}

const colourOf = (status: PathStatusName): string => {
  const { kind } = PATH_STATUSES[status];
  return kind === 'unknown' ? 'muted' : kind;
};

/** The theme's colour for each status on a map; a table next to the map has the word. */
export const STATUS_COLOURS: Record<PathStatusName, string> = {
  FAILED: colourOf('FAILED'),
  UNKNOWN: colourOf('UNKNOWN'),
  DEGRADED: colourOf('DEGRADED'),
  OUT: colourOf('OUT'),
  OPTIMAL: colourOf('OPTIMAL'),
};
