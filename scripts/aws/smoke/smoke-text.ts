import { isPlanned } from '../../../edge/cli/exit-code.ts';
import { plannedAwsError } from '../aws-error.ts';
import type { SmokeResult, StepOutcome, Undone } from './run-smoke.ts';

/** The line of a step that is over. */
export function outcomeLine(outcome: StepOutcome): string {
  const { step, state } = outcome;
  const head = (mark: string) => `${mark} ${step.name.padEnd(9)} ${step.proves}`;
  if (state === 'proven') return `${head('✓')}: ${outcome.seen}`;
  if (state === 'not shown') return `${head('–')}: not shown, ${outcome.why}`;
  return `${head('✗')}: ${reasonOf(outcome.cause)}`;
}

/** The line of something that was taken back, or couldn't be. */
export function undoneLine({ what, cause }: Undone): string {
  return cause === undefined ? `  taken back: ${what}` : `  LEFT OVER: ${what}. ${reasonOf(cause)}`;
}

/** What it comes to, one line. */
export function summary({ outcomes, undone, interrupted }: SmokeResult): string {
  const of = (state: StepOutcome['state']) => outcomes.filter(outcome => outcome.state === state).length;
  const left = undone.filter(({ cause }) => cause !== undefined).length;
  const parts = [`${of('proven')} proven`, `${of('failed')} failed`, `${of('not shown')} not shown`];
  if (left > 0) parts.push(`${left} left over`);
  return `${interrupted ? 'Interrupted: ' : ''}${parts.join(', ')}.`;
}

/** A sentence for what was planned, and the error's own words for what was not. */
function reasonOf(cause: unknown): string {
  const known = plannedAwsError(cause);
  const message = known instanceof Error ? known.message : String(known);
  return isPlanned(known) ? message : `unexpected: ${message}`;
}
