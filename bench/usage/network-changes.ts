import { seededRandom } from '../../test/support/random.ts';
import type { Shape } from './fleet.ts';

/** Events of a simulated day other than reports. Minutes since its start. */
export interface NetworkChanges {
  /** A person edits a policy. */
  edits: readonly { minute: number; policy: number }[];
  /** An edge's first path fails, and recovers. */
  failures: readonly { edge: number; from: number; to: number }[];
  /** An edge is silent. */
  silences: readonly { edge: number; from: number; to: number }[];
}

const DAY_MINUTES = 1440;
/** A first hour without changes, so that shorter runs have none. */
const QUIET_MINUTES = 60;
const EDITS = 4;
const FAILURES = 3;
const FAILURE_MINUTES = 20;
const SILENCES = 1;
const SILENCE_MINUTES = 60;
const SEED = 14;

/** A day's changes, the same for the same shape; a shorter run has those that end within it. */
export function changesOf({ edges, policies, paths }: Shape, minutes: number): NetworkChanges {
  const random = seededRandom(SEED);
  const minute = (length: number) => QUIET_MINUTES + random.below(DAY_MINUTES - QUIET_MINUTES - 2 * length);
  const times = <Change>(count: number, make: () => Change) => Array.from({ length: count }, make);
  const spanOf = (length: number) => {
    const from = minute(length);
    return { edge: random.below(edges), from, to: from + length };
  };
  const edits = times(EDITS, () => ({
    minute: minute(0),
    policy: 1 + random.below(Math.max(1, policies - 1)),
  }));
  const failures = times(paths > 0 ? FAILURES : 0, () => spanOf(FAILURE_MINUTES));
  const silences = times(SILENCES, () => spanOf(SILENCE_MINUTES));
  // Leaves time for the recovery after the end.
  const isOver = ({ to }: { to: number }) => to + FAILURE_MINUTES <= minutes;
  return {
    edits: policies > 1 ? edits.filter(edit => edit.minute + FAILURE_MINUTES <= minutes) : [],
    failures: failures.filter(isOver),
    silences: silences.filter(isOver),
  };
}

/** Whether an edge is within one of the spans, at a time since the start of the simulation. */
export function isWithin(spans: NetworkChanges['failures'], edge: number, since_start_ms: number): boolean {
  const minute = since_start_ms / 60_000;
  return spans.some(span => span.edge === edge && minute >= span.from && minute < span.to);
}
