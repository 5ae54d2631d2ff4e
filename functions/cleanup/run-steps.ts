import type { CleanupStep, StepContext } from './cleanup-step.ts';

export interface StepReport {
  name: string;
  outcome: 'done' | 'failed';
  details: Record<string, unknown>;
  error?: unknown;
}

/**
 * Runs all steps one after another, each within an equal share of the remaining time. A failed step
 * is reported; the others still run.
 */
export async function runSteps(steps: readonly CleanupStep[], context: StepContext): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const [index, step] of steps.entries()) {
    const now = context.clock();
    const deadline = now + (context.deadline - now) / (steps.length - index);
    try {
      const details = await step.run({ ...context, deadline });
      reports.push({ name: step.name, outcome: 'done', details });
    } catch (error) {
      reports.push({ name: step.name, outcome: 'failed', details: {}, error });
    }
  }
  return reports;
}
