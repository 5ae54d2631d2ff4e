import { seededRandom } from '../../test/support/random.ts';
import type { Shape } from './fleet.ts';

/** What happens in a simulated day beside edges that report. Minutes since its beginning. */
export interface NetworkChanges {
  /** A person edits a policy. */
  edits: readonly { minute: number; policy: number }[];
  /** An edge's first path fails, and is good again. */
  failures: readonly { edge: number; from: number; to: number }[];
  /** An edge reports nothing. */
  silences: readonly { edge: number; from: number; to: number }[];
}

const DAY_MINUTES = 1440;
/** A quiet first hour: what is shorter has no change in it. */
const QUIET_MINUTES = 60;
const EDITS = 4;
const FAILURES = 3;
const FAILURE_MINUTES = 20;
const SILENCES = 1;
const SILENCE_MINUTES = 60;
const SEED = 14;

/** A day's changes, the same for the same shape; of a shorter run those that end within it. */
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
  // What goes on after its end has come back by then.
  const isOver = ({ to }: { to: number }) => to + FAILURE_MINUTES <= minutes;
  return {
    edits: policies > 1 ? edits.filter(edit => edit.minute + FAILURE_MINUTES <= minutes) : [],
    failures: failures.filter(isOver),
    silences: silences.filter(isOver),
  };
}
