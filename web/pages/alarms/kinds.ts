import type { DestinationRow } from './operations.ts';

export type Kind = NonNullable<DestinationRow['kinds']>[number];

/** The label of each kind of alarm. */
export const KIND_WORDS: Record<Kind, string> = {
  THRESHOLD: 'Thresholds',
  EDGE_SILENT: 'Silent edges',
  PATH_FAILED: 'Failed paths',
  PATH_DEGRADED: 'Degraded paths',
  POLICIES_BEHIND: 'Old policies',
  CLOCK_SKEW: 'Wrong clocks',
  QUARANTINE: 'Quarantine',
  REPORTS_REFUSED: 'Refused reports',
  WORK_STUCK: 'Stuck work',
};

export const KINDS = Object.keys(KIND_WORDS) as Kind[];

/** @example kindsText(null) // 'All' */
export function kindsText(kinds: readonly Kind[] | null): string {
  return kinds === null ? 'All' : kinds.map(kind => KIND_WORDS[kind]).join(', ');
}
