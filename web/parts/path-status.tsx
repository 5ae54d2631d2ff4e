import { Status, type StatusKind } from './status.tsx';

export type PathStatusName = 'OPTIMAL' | 'DEGRADED' | 'FAILED' | 'UNKNOWN' | 'OUT';

/** The icon and the label of each status, the worst first. */
export const PATH_STATUSES: Record<PathStatusName, { kind: StatusKind; word: string }> = {
  FAILED: { kind: 'bad', word: 'Failed' },
  OUT: { kind: 'info', word: 'Out of service' },
  DEGRADED: { kind: 'warn', word: 'Degraded' },
  UNKNOWN: { kind: 'unknown', word: 'Not measured' },
  OPTIMAL: { kind: 'good', word: 'Optimal' },
};

export function PathStatus({ status }: { status: PathStatusName }) {
  const { kind, word } = PATH_STATUSES[status];
  return <Status kind={kind}>{word}</Status>;
}
