import { abandonedExports } from '../../core/export/job-store.ts';
import type { StepContext } from './cleanup-step.ts';

/**
 * Calls the export function for abandoned exports: lost calls, interrupted runs, unfinished
 * uploads.
 *
 * @throws AggregateError of the calls that failed, after all were tried
 */
export async function resumeExports(context: StepContext): Promise<Record<string, unknown>> {
  const failures: unknown[] = [];
  let resumed = 0;
  let complete = true;
  for await (const export_id of abandonedExports(context)) {
    complete = context.clock() < context.deadline;
    if (!complete) break;
    try {
      await context.exports.dispatch(export_id);
      resumed += 1;
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length === 0) return { resumed, complete };
  throw new AggregateError(
    failures,
    `Calls of the export function failed for ${failures.length} exports and succeeded for ${resumed}.`,
  );
}
