import { abandonedExports } from '../../core/export/job-store.ts';
import type { StepContext } from './cleanup-step.ts';

/**
 * Has the export function take up what nobody works on: calls that got lost, runs that were cut
 * off, uploads left behind.
 *
 * @throws AggregateError of those that could not be told, after all were tried
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
    `The export function could not be told of ${failures.length} exports, of ${resumed} it could.`,
  );
}
