import type { AlarmKind } from './alarm.ts';

export const SEVERITIES = ['CRITICAL', 'WARNING', 'INFO'] as const;
export type AlarmSeverity = (typeof SEVERITIES)[number];

interface AlarmRow {
  severity: AlarmSeverity;
  /** The event when it begins, and when it ends. */
  begins: string;
  ends: string;
  /** The text of the event at its end. `thing` is the name of its target, such as `Edge edge-7`. */
  ended(thing: string): string;
}

export const ALARM_ROWS: Record<AlarmKind, AlarmRow> = {
  EDGE_SILENT: {
    severity: 'CRITICAL',
    begins: 'EDGE_SILENT',
    ends: 'EDGE_BACK',
    ended: thing => `${thing} is not silent any more.`,
  },
  POLICIES_BEHIND: {
    severity: 'WARNING',
    begins: 'EDGE_BEHIND',
    ends: 'EDGE_CAUGHT_UP',
    ended: thing => `${thing} applies the present policies.`,
  },
  CLOCK_SKEW: {
    severity: 'INFO',
    begins: 'EDGE_CLOCK_WRONG',
    ends: 'EDGE_CLOCK_RIGHT',
    ended: thing => `The clock of ${thing} is right again.`,
  },
  PATH_FAILED: {
    severity: 'CRITICAL',
    begins: 'PATH_FAILED',
    ends: 'PATH_RECOVERED',
    ended: thing => `${thing} has recovered.`,
  },
  PATH_DEGRADED: {
    severity: 'WARNING',
    begins: 'PATH_DEGRADED',
    ends: 'PATH_RECOVERED',
    ended: thing => `${thing} has recovered.`,
  },
  QUARANTINE: {
    severity: 'WARNING',
    begins: 'QUARANTINE_FILLED',
    ends: 'QUARANTINE_QUIET',
    ended: () => 'No report went to the quarantine for this reason in the last hour.',
  },
  REPORTS_REFUSED: {
    severity: 'CRITICAL',
    begins: 'REPORTS_REFUSED',
    ends: 'REPORTS_TAKEN',
    ended: thing => `No report of ${thing} was refused in the last hour.`,
  },
  WORK_STUCK: {
    severity: 'WARNING',
    begins: 'WORK_STUCK',
    ends: 'WORK_GOES_ON',
    ended: () => 'Work that was stuck goes on, or has ended.',
  },
  THRESHOLD: {
    severity: 'WARNING',
    begins: 'THRESHOLD_CROSSED',
    ends: 'THRESHOLD_CLEARED',
    ended: thing => `${thing} is within its threshold again.`,
  },
};
