import { SmokeInterrupted } from './eventually.ts';
import type { Bench, SmokeStep, StepName } from './smoke-step.ts';

export type StepOutcome =
  | { step: SmokeStep; state: 'proven'; seen: string }
  | { step: SmokeStep; state: 'failed'; cause: unknown }
  /** Left out: `why` says what is missing. */
  | { step: SmokeStep; state: 'not shown'; why: string };

/** Something that was taken back, or is left over. */
export interface Undone {
  what: string;
  /** Why it is still there. */
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
  /** Steps to leave out, each with the reason. */
  leftOut?: Partial<Record<StepName, string>>;
  onOutcome?: (outcome: StepOutcome) => void;
  onUndone?: (undone: Undone) => void;
}

/** Runs all steps in order and takes back what they made, the last first, whatever happens. */
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
