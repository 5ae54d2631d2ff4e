import { abandonedJobs } from '../../core/export/job-store.ts';
import type { StepContext } from './cleanup-step.ts';

/** Has the export function take up what nobody works on: calls that got lost, runs that were cut off, uploads left behind. */
export async function resumeExports(context: StepContext): Promise<Record<string, unknown>> {
  let resumed = 0;
  for await (const { export_id } of abandonedJobs(context)) {
    if (context.clock() >= context.deadline) return { resumed, complete: false };
    await context.exports.dispatch(export_id);
    resumed += 1;
  }
  return { resumed, complete: true };
}
