import { expect, it } from 'vitest';
import type { CleanupStep, StepContext } from '../../../functions/cleanup/cleanup-step.ts';
import { runSteps } from '../../../functions/cleanup/run-steps.ts';

it('runs each step within its share of the time, also after one has failed', async () => {
  let now = 1000;
  const deadlines: number[] = [];
  const step = (name: string, took: number, error?: Error): CleanupStep => ({
    name,
    async run(context) {
      deadlines.push(context.deadline);
      now += took;
      if (error) throw error;
      return { took };
    },
  });
  const broken = new Error('broken');
  const context = { clock: () => now, deadline: 1900 } as unknown as StepContext;
  const reports = await runSteps(
    [step('first', 300), step('second', 100, broken), step('third', 10)],
    context,
  );
  expect(reports).toEqual([
    { name: 'first', outcome: 'done', details: { took: 300 } },
    { name: 'second', outcome: 'failed', details: {}, error: broken },
    { name: 'third', outcome: 'done', details: { took: 10 } },
  ]);
  expect(deadlines).toEqual([1300, 1600, 1900]);
});
