import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { CALLS, type CallAnswer } from './network-calls.ts';
import type { Plan, Step } from './plan/plan.ts';

/** A step was refused, or the system didn't answer; the previous steps are done. */
class ApplyFailed extends EdgeError {
  readonly done: number;

  constructor(message: string, { done, cause }: { done: number; cause: unknown }) {
    super(message, { cause });
    this.done = done;
  }
}

interface ApplyOptions {
  /** Called after each step, with the system's messages. */
  onStep: (step: Step, done: number, messages: string[]) => void;
  /** Aborted: the current step is the last one. */
  signal: AbortSignal;
}

/**
 * Performs the steps of a plan one after another, and returns their number. The API performs each
 * step completely or not at all, and audits it; a replacement consists of several calls.
 *
 * @throws ApplyFailed at the first step that fails
 */
export async function applyPlan(
  graphql: GraphqlClient,
  { steps, ids: known }: Plan,
  { onStep, signal }: ApplyOptions,
): Promise<number> {
  const ids = new Map(known);
  let done = 0;
  for (const step of steps) {
    if (signal.aborted) return done;
    const messages: string[] = [];
    for (const { name, arguments: argumentsOf, makes } of step.calls) {
      let answer: CallAnswer;
      try {
        ({ answer } = (await graphql.query(CALLS[name], argumentsOf(ids))) as { answer: CallAnswer });
      } catch (cause) {
        const message = `${titleOf(step)} failed, so the following steps were not tried: ${(cause as Error).message}\n${done} of ${steps.length} steps are done; repeat the same command for the others.`;
        throw new ApplyFailed(message, { done, cause });
      }
      if (makes && answer.id !== undefined) ids.set(makes, answer.id);
      if (answer.message !== undefined) messages.push(answer.message);
      if (answer.finished === false && step.kind === 'replace') {
        const message = `${titleOf(step)}: dependent objects are still being removed. Run the same command again in a minute.\n${done} of ${steps.length} steps are done.`;
        throw new ApplyFailed(message, { done, cause: undefined });
      }
    }
    done++;
    onStep(step, done, messages);
  }
  return done;
}

const VERBS: Record<Step['kind'], string> = {
  create: 'Create',
  change: 'Change',
  replace: 'Replace',
  delete: 'Delete',
};

/** @example titleOf(step) // 'Create site "Berlin"' */
export function titleOf({ kind, title }: Step): string {
  return `${VERBS[kind]} ${title}`;
}
