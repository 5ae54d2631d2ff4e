import { Status, type StatusKind } from './status.tsx';

export type PathStatus = 'OPTIMAL' | 'DEGRADED' | 'FAILED' | 'UNKNOWN' | 'OUT';

const STATES: Record<PathStatus, { kind: StatusKind; word: string }> = {
  OPTIMAL: { kind: 'good', word: 'Optimal' },
  DEGRADED: { kind: 'warn', word: 'Degraded' },
  FAILED: { kind: 'bad', word: 'Failed' },
  UNKNOWN: { kind: 'unknown', word: 'Not measured' },
  OUT: { kind: 'info', word: 'Out of use' },
};

/** The status of a path. */
export function PathState({ status }: { status: PathStatus }) {
  const { kind, word } = STATES[status];
  return <Status kind={kind}>{word}</Status>;
}
