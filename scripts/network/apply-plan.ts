import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { CALLS, type CallAnswer } from './network-calls.ts';
import type { Plan, Step } from './plan-network.ts';

/** A step was refused, or the system didn't answer; the steps before it are done. */
class ApplyFailed extends EdgeError {
  readonly done: number;

  constructor(message: string, { done, cause }: { done: number; cause: unknown }) {
    super(message, { cause });
    this.done = done;
  }
}

interface ApplyOptions {
  /** Hears of each step that is done, with what the system said. */
  onStep: (step: Step, done: number, messages: string[]) => void;
  /** Aborted: the step under way is the last one. */
  signal: AbortSignal;
}

/**
 * Does the steps of a plan one after another, and gives how many it did. Each is made whole or not
 * at all by the API, and audited there; the calls of a replacement follow each other.
 *
 * @throws ApplyFailed at the first step that doesn't work
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
        const message = `${titleOf(step)} failed, and nothing after it was tried: ${(cause as Error).message}\n${done} of ${steps.length} steps are done; the same command goes on with the others.`;
        throw new ApplyFailed(message, { done, cause });
      }
      if (makes && answer.id !== undefined) ids.set(makes, answer.id);
      if (answer.message !== undefined) messages.push(answer.message);
      if (answer.finished === false && step.kind === 'replace') {
        const message = `${titleOf(step)}: what it takes along is still being removed. Run the same command again in a minute.\n${done} of ${steps.length} steps are done.`;
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
