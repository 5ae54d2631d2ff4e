import { isPlanned } from '../../../edge/cli/exit-code.ts';
import { plannedAwsError } from '../aws-error.ts';
import type { SmokeResult, StepOutcome, Undone } from './run-smoke.ts';

/** The line of a finished step. */
export function outcomeLine(outcome: StepOutcome): string {
  const { step, state } = outcome;
  const head = (mark: string) => `${mark} ${step.name.padEnd(9)} ${step.proves}`;
  if (state === 'proven') return `${head('✓')}: ${outcome.seen}`;
  if (state === 'not shown') return `${head('–')}: not shown, ${outcome.why}`;
  return `${head('✗')}: ${reasonOf(outcome.cause)}`;
}

/** The line of something that was removed again, or could not be. */
export function undoneLine({ what, cause }: Undone): string {
  return cause === undefined ? `  removed: ${what}` : `  LEFT OVER: ${what}. ${reasonOf(cause)}`;
}

/** The summary, one line. */
export function summary({ outcomes, undone, interrupted }: SmokeResult): string {
  const of = (state: StepOutcome['state']) => outcomes.filter(outcome => outcome.state === state).length;
  const left = undone.filter(({ cause }) => cause !== undefined).length;
  const parts = [`${of('proven')} proven`, `${of('failed')} failed`, `${of('not shown')} not shown`];
  if (left > 0) parts.push(`${left} left over`);
  return `${interrupted ? 'Interrupted: ' : ''}${parts.join(', ')}.`;
}

/** The message of an expected error; other errors are marked as unexpected. */
function reasonOf(cause: unknown): string {
  const known = plannedAwsError(cause);
  const message = known instanceof Error ? known.message : String(known);
  return isPlanned(known) ? message : `unexpected: ${message}`;
}
