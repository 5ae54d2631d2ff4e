import { SmokeInterrupted } from './eventually.ts';
import type { Bench, SmokeStep, StepName } from './smoke-step.ts';

export type StepOutcome =
  | { step: SmokeStep; state: 'proven'; seen: string }
  | { step: SmokeStep; state: 'failed'; cause: unknown }
  /** Skipped: `why` gives the reason. */
  | { step: SmokeStep; state: 'not shown'; why: string };

/** Something that was removed again, or is left over. */
export interface Undone {
  what: string;
  /** Why it could not be removed. */
  cause?: unknown;
}

export interface SmokeResult {
  outcomes: StepOutcome[];
  undone: Undone[];
  interrupted: boolean;
}

export interface SmokeRun {
  steps: readonly SmokeStep[];
  bench: Omit<Bench, 'undo' | 'made'>;
  /** Steps to skip, each with the reason. */
  leftOut?: Partial<Record<StepName, string>>;
  onOutcome?: (outcome: StepOutcome) => void;
  onUndone?: (undone: Undone) => void;
}

/** Runs all steps in order, then undoes their effects in reverse order, also after failures. */
export async function runSmoke({
  steps,
  bench: given,
  leftOut = {},
  onOutcome = () => {},
  onUndone = () => {},
}: SmokeRun): Promise<SmokeResult> {
  const undo: { what: string; action: () => Promise<unknown> }[] = [];
  const bench: Bench = { ...given, made: {}, undo: (what, action) => void undo.push({ what, action }) };
  const outcomes: StepOutcome[] = [];
  const missing = new Set<StepName>();

  for (const step of steps) {
    const outcome = await outcomeOf(step);
    if (outcome.state !== 'proven') missing.add(step.name);
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  const undone: Undone[] = [];
  for (let next = undo.pop(); next; next = undo.pop()) {
    const { what, action } = next;
    const result = await action().then(
      (): Undone => ({ what }),
      (cause: unknown): Undone => ({ what, cause }),
    );
    undone.push(result);
    onUndone(result);
  }
  return { outcomes, undone, interrupted: bench.signal.aborted };

  async function outcomeOf(step: SmokeStep): Promise<StepOutcome> {
    const why = leftOut[step.name] ?? bench.system.notShown[step.name];
    if (why !== undefined) return { step, state: 'not shown', why };
    const needed = step.needs.find(name => missing.has(name));
    if (needed !== undefined) return { step, state: 'not shown', why: `it needs ${needed}` };
    if (bench.signal.aborted) return { step, state: 'not shown', why: 'interrupted' };
    try {
      return { step, state: 'proven', seen: await step.run(bench) };
    } catch (cause) {
      if (cause instanceof SmokeInterrupted) return { step, state: 'not shown', why: 'interrupted' };
      return { step, state: 'failed', cause };
    }
  }
}
